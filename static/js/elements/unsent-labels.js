/**
 * <unsent-labels>: on every page, what this browser still keeps of clips that are not open. What
 * belongs to the account that is signed in is sent; what belongs to another waits for it.
 */
import { ClipOutbox } from "../saving/clip-outbox.js";
import { keptByOwner } from "../saving/operation-store.js";
import { unsentSentences } from "../lib/saving/save-message.js";

const LOOK_MS = 10_000;

export class UnsentLabels extends HTMLElement {
  /** @type {Map<number, ClipOutbox>} by assignment */
  #sending = new Map();
  #timer = 0;

  connectedCallback() {
    this.user = Number(this.dataset.user) || null;
    addEventListener("focus", this.#look);
    addEventListener("online", this.#look);
    this.#timer = setInterval(this.#look, LOOK_MS);
    this.#look();
  }

  disconnectedCallback() {
    removeEventListener("focus", this.#look);
    removeEventListener("online", this.#look);
    clearInterval(this.#timer);
    for (const outbox of this.#sending.values()) outbox.close();
  }

  #look = async () => {
    const kept = await keptByOwner().catch(() => []);
    const waiting = kept.filter((owner) => owner.waiting);
    // Only then it is known which clips are open in a page that sends its own.
    await Promise.all(waiting.filter(({ user }) => user === this.user).map((owner) => this.#send(owner)));
    for (const outbox of this.#sending.values()) outbox.retryNow();
    this.#show(waiting);
  };

  async #send(owner) {
    if (this.#sending.has(owner.assignment)) return;
    const outbox = new ClipOutbox(owner, {
      yields: true,
      onChange: () => { if (outbox.tab.holds && !outbox.queue.unsaved) this.#done(owner, outbox); },
      onLost: () => this.#end(owner, outbox),
    });
    this.#sending.set(owner.assignment, outbox);
    // A page that has the clip open sends its own.
    if (await outbox.open({ patience: 0 })) outbox.sender.send();
    else this.#end(owner, outbox);
  }

  async #done(owner, outbox) {
    await outbox.kept.settled();
    this.#end(owner, outbox);
    this.#look();
  }

  #end({ assignment }, outbox) {
    outbox.close();
    if (this.#sending.get(assignment) === outbox) this.#sending.delete(assignment);
  }

  #show(waiting) {
    const own = waiting.filter(({ user, assignment }) => user === this.user && this.#sending.has(assignment));
    const others = waiting.filter(({ user }) => user !== this.user);
    const sentences = unsentSentences(own, others);
    this.textContent = sentences.join(" ");
    this.hidden = !sentences.length;
  }
}

customElements.define("unsent-labels", UnsentLabels);
