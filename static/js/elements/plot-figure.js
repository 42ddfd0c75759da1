/** <plot-figure>: saves its plot as PNG, in the colours of its SVG file. */
const SCALE = 3;

export class PlotFigure extends HTMLElement {
  connectedCallback() {
    this.querySelector("[data-save=png]").addEventListener("click", () => this.#save());
  }

  async #save() {
    const url = this.querySelector("a[href*='.svg']").href;
    const svg = await (await fetch(url)).text();
    const blob = await pngOf(svg);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${this.dataset.name}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
}

async function pngOf(svg) {
  const source = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = SCALE * image.naturalWidth;
    canvas.height = SCALE * image.naturalHeight;
    const context = canvas.getContext("2d");
    context.fillStyle = "white";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  } finally {
    URL.revokeObjectURL(source);
  }
}

customElements.define("plot-figure", PlotFigure);
