/** <touch-steps>: N and B follow its links to the next and the previous touch. */
const KEYS = { KeyN: "next", KeyB: "prev" };

export class TouchSteps extends HTMLElement {
  connectedCallback() {
    addEventListener("keydown", this.#step);
  }

  disconnectedCallback() {
    removeEventListener("keydown", this.#step);
  }

  #step = (event) => {
    const isTyping = event.target.matches?.("input, textarea, select");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    const way = KEYS[event.code];
    if (way) this.querySelector(`a[rel=${way}]`)?.click();
  };
}

customElements.define("touch-steps", TouchSteps);
