/**
 * <unsent-labels>, on every page: labels in this browser of clips that are not open. Those of the
 * account that is logged in are sent; those of other accounts wait until they log in.
 */
import { unsentMessages } from "../lib/saving/save-message.js";
import { ClipOutbox } from "../saving/clip-outbox.js";
import { storedByOwner } from "../saving/operation-store.js";

const CHECK_MS = 10_000;

export class UnsentLabels extends HTMLElement {
  /** @type {Map<number, ClipOutbox>} by assignment */
  #sending = new Map();
  #timer = 0;

  connectedCallback() {
    this.user = Number(this.dataset.user) || null;
    addEventListener("focus", this.#check);
    addEventListener("online", this.#check);
    this.#timer = setInterval(this.#check, CHECK_MS);
    this.#check();
  }

  disconnectedCallback() {
    removeEventListener("focus", this.#check);
    removeEventListener("online", this.#check);
    clearInterval(this.#timer);
    for (const outbox of this.#sending.values()) outbox.close();
  }

  #check = async () => {
    const stored = await storedByOwner().catch(() => []);
    const waiting = stored.filter((owner) => owner.waiting);
    // Only then is it known which clips are open in a page that sends their labels.
    await Promise.all(waiting.filter(({ user }) => user === this.user).map((owner) => this.#send(owner)));
    for (const outbox of this.#sending.values()) outbox.retryNow();
    this.#show(waiting);
  };

  async #send(owner) {
    if (this.#sending.has(owner.assignment)) return;
    const outbox = new ClipOutbox(owner, {
      yields: true,
      onChange: () => { if (outbox.tab.holds && !outbox.unsaved) this.#done(owner, outbox); },
      onLost: () => this.#end(owner, outbox),
    });
    this.#sending.set(owner.assignment, outbox);
    // A page that has the clip open sends its labels.
    if (await outbox.open({ patience: 0 })) outbox.sender.send();
    else this.#end(owner, outbox);
  }

  async #done(owner, outbox) {
    await outbox.store.written();
    this.#end(owner, outbox);
    this.#check();
  }

  #end({ assignment }, outbox) {
    outbox.close();
    if (this.#sending.get(assignment) === outbox) this.#sending.delete(assignment);
  }

  #show(waiting) {
    const own = waiting.filter(({ user, assignment }) => user === this.user && this.#sending.has(assignment));
    const others = waiting.filter(({ user }) => user !== this.user);
    const messages = unsentMessages(own, others);
    this.textContent = messages.join(" ");
    this.hidden = !messages.length;
  }
}

customElements.define("unsent-labels", UnsentLabels);
