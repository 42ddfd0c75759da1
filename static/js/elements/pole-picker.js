/** <pole-picker>: the user clicks the pole on a frame; the form's fields hold its position. */
import { boxesAt, clampToFrame } from "../lib/tracking/pole-boxes.js";

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class PolePicker extends HTMLElement {
  #size = null;
  #grabbed = null;

  connectedCallback() {
    this.addEventListener("input", () => this.#draw());
    for (const name of ["video", "frame"]) {
      this.#field(name).addEventListener("change", () => this.#load());
    }
    const svg = this.querySelector("svg");
    svg.addEventListener("pointerdown", (event) => this.#grab(event));
    svg.addEventListener("pointermove", (event) => this.#drag(event));
    svg.addEventListener("pointerup", () => (this.#grabbed = null));
    svg.addEventListener("keydown", (event) => this.#step(event));
    this.#load();
  }

  async #load() {
    const form = new FormData(this.closest("form"));
    const query = new URLSearchParams();
    for (const name of ["folder", "video", "frame"]) query.set(name, form.get(name));
    const error = this.querySelector("[data-part=error]");
    error.textContent = "";
    const image = new Image();
    image.src = `${this.dataset.frameUrl}?${query}`;
    try {
      await image.decode();
    } catch {
      error.textContent = "This frame could not be read. Choose another video or frame number.";
      return;
    }
    this.#size = { width: image.naturalWidth, height: image.naturalHeight };
    this.querySelector("svg").setAttribute("viewBox", `0 0 ${image.naturalWidth} ${image.naturalHeight}`);
    const shown = this.querySelector("[data-part=frame]");
    put(shown, { href: image.src, x: 0, y: 0, ...this.#size });
    this.#draw();
    this.dataset.state = "ready";
  }

  #grab(event) {
    if (!this.#size) return;
    event.preventDefault();
    const svg = this.querySelector("svg");
    svg.focus();
    svg.setPointerCapture(event.pointerId);
    const at = this.#pointAt(event);
    const isOnBox = event.target.dataset.part === "template" && this.#isChosen();
    this.#grabbed = isOnBox ? { x: this.#number("x") - at.x, y: this.#number("y") - at.y } : { x: 0, y: 0 };
    this.#drag(event);
  }

  #drag(event) {
    if (!this.#grabbed) return;
    const at = this.#pointAt(event);
    this.#choose({ x: at.x + this.#grabbed.x, y: at.y + this.#grabbed.y });
  }

  #step(event) {
    const step = STEPS[event.key];
    if (!step || !this.#isChosen()) return;
    event.preventDefault();
    this.#choose({ x: this.#number("x") + step[0], y: this.#number("y") + step[1] });
  }

  #choose(point) {
    const pole = clampToFrame(point, this.#number("template_px"), this.#size);
    this.#field("x").value = pole.x;
    this.#field("y").value = pole.y;
    this.#draw();
  }

  #draw() {
    const boxes = boxesAt({
      x: this.#number("x"),
      y: this.#number("y"),
      templatePx: this.#number("template_px"),
      cropPx: this.#number("crop_px"),
    });
    for (const [name, box] of Object.entries(boxes)) {
      const rect = this.querySelector(`[data-part=${name}]`);
      rect.toggleAttribute("hidden", !this.#isChosen());
      if (this.#isChosen()) put(rect, box);
    }
  }

  #isChosen() {
    return Boolean(this.#size) && this.#field("x").value !== "" && this.#field("y").value !== "";
  }

  #pointAt(event) {
    const toFrame = this.querySelector("svg").getScreenCTM().inverse();
    return new DOMPoint(event.clientX, event.clientY).matrixTransform(toFrame);
  }

  #field(name) {
    return this.querySelector(`[name=${name}]`);
  }

  #number(name) {
    return Number(this.#field(name).value) || 0;
  }
}

function put(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

customElements.define("pole-picker", PolePicker);
