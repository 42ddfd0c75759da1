/**
 * <set-aside>: labels that the server did not take, or that came after somebody else's on the
 * same frames: mine, what is saved, and a choice. Nothing goes unless its annotator says so.
 */
import { labelSays } from "../lib/labels/labels.js";
import { differences, questions } from "../lib/saving/unapplied-operations.js";

export class SetAside extends HTMLElement {
  #saved = null;
  #shown = "";

  connectedCallback() {
    this.hidden = true;
  }

  /** @param {import("../saving/saved-labels.js").SavedLabels | null} saved  the clip that is shown */
  show(saved) {
    this.#saved = saved;
    const aside = saved?.aside ?? [];
    if (!aside.length && this.hidden) return;
    const asked = JSON.stringify([saved?.state.assignment, aside, saved?.labels?.revision, saved?.labels?.frozen]);
    if (asked === this.#shown) return;
    this.#shown = asked;
    this.hidden = !aside.length;
    this.replaceChildren(...questions(aside).map((group) => this.#question(group)));
  }

  #question(group) {
    const { kind, error } = group[0];
    const frozen = this.#saved.labels.frozen;
    const box = element("section", { className: "message" }, { level: "warning", kind });
    const body = element("div", { className: "set-aside-body" });
    const count = `${group.length} of your actions ${group.length === 1 ? "is" : "are"} not in the labels: `;
    const why = kind === "overtaken" ? "these frames were labelled elsewhere meanwhile." : error;
    body.append(element("p", { textContent: count + why }), this.#table(group));
    const buttons = element("div", { className: "row" });
    buttons.append(
      this.#button("Keep what is saved", "discard", () => this.#saved.discard(group), frozen),
      this.#button("Apply mine", "apply", () => this.#saved.applyAgain(group), frozen),
      this.#button("Download mine", "download", () => download(group), false),
    );
    body.append(buttons);
    box.append(body);
    return box;
  }

  #table(group) {
    const list = element("ul");
    for (const [start, stop, mine, saved] of differences(group, this.#saved.labels)) {
      const frames = stop - start === 1 ? `Frame ${start}` : `Frames ${start} to ${stop - 1}`;
      list.append(element("li", { textContent: `${frames}: mine ${labelSays(mine)}, saved ${labelSays(saved)}` }));
    }
    for (const { operation: { note } } of group) {
      if (note) list.append(element("li", { textContent: `Frame ${note.frame}: my note “${note.text}”` }));
    }
    if (!list.children.length) list.append(element("li", { textContent: "What is saved says the same." }));
    return list;
  }

  #button(text, choice, act, disabled) {
    const button = element("button", { type: "button", className: "button", textContent: text, disabled }, { size: "small", choice });
    button.addEventListener("click", act);
    return button;
  }
}

function element(name, properties = {}, data = {}) {
  const made = Object.assign(document.createElement(name), properties);
  Object.assign(made.dataset, data);
  return made;
}

/** What the annotator did, as it was made, in a file of their own. */
function download(group) {
  const blob = new Blob([JSON.stringify(group, null, 2)], { type: "application/json" });
  const link = element("a", { href: URL.createObjectURL(blob), download: "labels-not-taken.json" });
  link.click();
  URL.revokeObjectURL(link.href);
}
