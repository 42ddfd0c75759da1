/**
 * <unapplied-labels>: the annotator's labels that the server refused, or that were overtaken by
 * labels made elsewhere: mine, the saved ones, and a choice. None is discarded without a decision of
 * the annotator.
 */
import { labelText } from "../lib/labels/labels.js";
import { differences, groupByReason } from "../lib/saving/unapplied-operations.js";

export class UnappliedLabels extends HTMLElement {
  #saved = null;
  #shown = "";

  connectedCallback() {
    this.hidden = true;
  }

  /** @param {import("../saving/saved-labels.js").SavedLabels | null} saved  of the shown clip */
  show(saved) {
    this.#saved = saved;
    const unapplied = saved?.unapplied ?? [];
    if (!unapplied.length && this.hidden) return;
    const { revision, frozen } = saved?.labels ?? {};
    const shown = JSON.stringify([saved?.state.assignment, unapplied, revision, frozen]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.hidden = !unapplied.length;
    this.replaceChildren(...groupByReason(unapplied).map((group) => this.#question(group)));
  }

  #question(group) {
    const { kind, error } = group[0];
    const frozen = this.#saved.labels.frozen;
    const box = element("section", { className: "message" }, { level: "warning", kind });
    const body = element("div", { className: "unapplied-body" });
    const count = `${group.length} of your changes ${group.length === 1 ? "is" : "are"} not in the saved labels: `;
    const why = kind === "overtaken" ? "these frames were labelled elsewhere in the meantime." : error;
    body.append(element("p", { textContent: count + why }), this.#table(group));
    const buttons = element("div", { className: "row" });
    buttons.append(
      this.#button("Keep saved labels", "discard", () => this.#saved.discard(group), frozen),
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
      list.append(element("li", { textContent: `${frames}: mine ${labelText(mine)}, saved ${labelText(saved)}` }));
    }
    for (const { operation: { note } } of group) {
      if (note) list.append(element("li", { textContent: `Frame ${note.frame}: my note “${note.text}”` }));
    }
    if (!list.children.length) list.append(element("li", { textContent: "The saved labels are the same." }));
    return list;
  }

  #button(text, choice, act, disabled) {
    const properties = { type: "button", className: "button", textContent: text, disabled };
    const button = element("button", properties, { size: "small", choice });
    button.addEventListener("click", act);
    return button;
  }
}

function element(name, properties = {}, data = {}) {
  const made = Object.assign(document.createElement(name), properties);
  Object.assign(made.dataset, data);
  return made;
}

/** Save the annotator's unapplied operations as a file. */
function download(group) {
  const blob = new Blob([JSON.stringify(group, null, 2)], { type: "application/json" });
  const link = element("a", { href: URL.createObjectURL(blob), download: "labels-not-applied.json" });
  link.click();
  URL.revokeObjectURL(link.href);
}
