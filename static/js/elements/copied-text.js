/** <copied-text>: an input whose text the button copies, with a status message. */

export class CopiedText extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.status = this.querySelector("[role=status]");
    this.querySelector("button").addEventListener("click", this.#copy);
    this.input.addEventListener("focus", () => this.input.select());
  }

  #copy = async () => {
    this.input.select();
    try {
      await navigator.clipboard.writeText(this.input.value);
      this.status.textContent = "Copied.";
    } catch {
      // Browsers allow pages to write to the clipboard only over HTTPS or on localhost.
      this.status.textContent = "The link is selected: press Ctrl C (⌘ C).";
    }
  };
}

customElements.define("copied-text", CopiedText);
