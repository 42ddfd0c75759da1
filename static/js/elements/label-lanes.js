/**
 * <label-lanes>: frames side by side, and below them a lane for each annotator, one for the
 * majority, and the adjudicator's own answer. Names are buttons that take a lane.
 */
import { laneLetter } from "../lib/adjudication/adjudication-keys.js";
import { labelName, labelText, UNLABELLED } from "../lib/labels/labels.js";

const COLUMNS_MAX = 44;

export class LabelLanes extends HTMLElement {
  #first = -1;
  #drawn = "";

  connectedCallback() {
    this.addEventListener("pointerdown", (event) => {
      const frame = event.target.closest("[data-at]")?.dataset.at;
      if (!frame) return;
      this.dispatchEvent(new CustomEvent("frame-sought", { bubbles: true, detail: { frame: Number(frame) } }));
    });
  }

  /**
   * @param {object} stretch  from the server
   * @param {{names: string[], hidden: boolean, stripUrl: (start: number, stop: number) => string}} look
   */
  show(stretch, look) {
    Object.assign(this, { stretch, look });
    this.#first = -1;
    this.#drawn = "";
  }

  /** @param {number} frame @param {import("../lib/adjudication/stretch-answer.js").StretchAnswer} answer */
  draw(frame, answer) {
    const { start, stop } = this.stretch.window;
    const shown = Math.min(stop - start, COLUMNS_MAX);
    if (this.#first < 0 || frame < this.#first || frame >= this.#first + shown) {
      const before = shown === stop - start ? shown : COLUMNS_MAX >> 1;
      const first = Math.min(Math.max(start, frame - before), stop - shown);
      this.#build(first, first + shown);
    }
    this.#update(frame, answer);
  }

  #build(start, stop) {
    this.#first = start;
    this.#drawn = "";
    const { lanes, majority, window: { start: base } } = this.stretch;
    const { names, hidden, stripUrl } = this.look;
    const frames = Array.from({ length: stop - start }, (_, i) => start + i);
    const inStretch = (frame) => frame >= this.stretch.start && frame < this.stretch.stop;
    const lane = (name, letter, action, amount, labels) => row(
      button(name, letter, action, amount),
      frames.map((frame) => labelCell(frame, labels[frame - base])),
    );
    const table = make("table", { className: "lanes" });
    const head = make("thead");
    const strip = make("td", { className: "lane-strip", colSpan: frames.length });
    strip.append(make("img", { src: stripUrl(start, stop), alt: `Frames ${start} to ${stop - 1} side by side` }));
    head.append(
      row("Frame", frames.map(frameCell)),
      row("", [strip]),
      row("", frames.map((frame) => markCell(inStretch(frame)))),
    );
    const body = make("tbody");
    body.append(...lanes.map((labels, i) => lane(hidden ? "" : names[i], laneLetter(i), "take", i, labels)));
    body.append(lane("Majority", "M", "majority", null, majority));
    this.own = row("Decision", frames.map((frame) => (inStretch(frame) ? labelCell(frame, UNLABELLED) : make("td"))));
    this.own.toggleAttribute("data-meant", true);
    this.own.dataset.lane = "own";
    body.append(this.own);
    table.append(head, body);
    this.columns = head.rows[0].cells;
    this.replaceChildren(table);
  }

  #update(frame, answer) {
    const drawn = `${frame} ${answer.values.join("")}`;
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    for (const cell of this.columns) cell.toggleAttribute("data-current", Number(cell.dataset.at) === frame);
    for (const cell of this.own.querySelectorAll("[data-at]")) setLabel(cell, answer.at(Number(cell.dataset.at)));
  }
}

function make(name, properties = {}) {
  return Object.assign(document.createElement(name), properties);
}

function row(name, cells) {
  const made = make("tr");
  const head = make("th", { scope: "row" });
  head.append(name);
  made.append(head, ...cells);
  return made;
}

function at(frame, cell) {
  cell.dataset.at = frame;
  return cell;
}

const frameCell = (frame) =>
  at(frame, make("th", { className: "lane-frame", scope: "col", textContent: frame }));

function markCell(isMarked) {
  const cell = make("td", { className: "lane-mark" });
  cell.toggleAttribute("data-marked", isMarked);
  return cell;
}

function labelCell(frame, value) {
  const cell = at(frame, make("td", { className: "lane-label" }));
  setLabel(cell, value);
  return cell;
}

function setLabel(cell, value) {
  cell.dataset.label = value === UNLABELLED ? "none" : labelName(value);
  cell.setAttribute("aria-label", labelText(value));
}

function button(name, letter, action, amount) {
  const made = make("button", { type: "button", className: "lane-take" });
  made.dataset.action = action;
  if (amount !== null) made.dataset.amount = amount;
  made.append(make("kbd", { textContent: letter }), ` ${name}`);
  return made;
}
