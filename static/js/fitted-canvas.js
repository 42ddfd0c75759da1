/**
 * A canvas that fills its element at the screen's own resolution. Sizes are read when they
 * change, never while drawing.
 */
export class FittedCanvas {
  width = 0;
  height = 0;
  pixelRatio = 1;

  /**
   * @param {HTMLElement} element
   * @param {() => void} onResize
   */
  constructor(element, onResize) {
    this.canvas = document.createElement("canvas");
    element.append(this.canvas);
    this.context = this.canvas.getContext("2d");
    this.onResize = onResize;
    this.observer = new ResizeObserver(([entry]) => this.#fit(entry.contentRect));
    this.observer.observe(element);
  }

  /** Start a picture: an empty canvas, measured in CSS pixels. */
  begin() {
    const { context, pixelRatio } = this;
    context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    return context;
  }

  disconnect() {
    this.observer.disconnect();
    this.canvas.remove();
  }

  #fit({ width, height }) {
    this.pixelRatio = devicePixelRatio;
    this.width = width;
    this.height = height;
    this.canvas.width = Math.round(width * this.pixelRatio);
    this.canvas.height = Math.round(height * this.pixelRatio);
    this.onResize();
  }
}
