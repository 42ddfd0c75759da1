/**
 * A canvas that fills its element at the screen's own resolution. Sizes are read when they
 * change, never while drawing. On a canvas that grows, lengths are those of a page with letters
 * of the usual size: on a large screen all that is drawn grows with the letters.
 */
const LETTERS_PX = 16;

export class FittedCanvas {
  width = 0;
  height = 0;
  /** Device pixels for each length of one. */
  pixelRatio = 1;
  #unit = 1;

  /**
   * @param {HTMLElement} element
   * @param {() => void} onResize
   * @param {{grows?: boolean}} [options]
   */
  constructor(element, onResize, { grows = false } = {}) {
    this.grows = grows;
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

  /** Where on the canvas a pointer is. @param {PointerEvent} event */
  x({ offsetX }) {
    return offsetX / this.#unit;
  }

  disconnect() {
    this.observer.disconnect();
    this.canvas.remove();
  }

  #fit({ width, height }) {
    this.#unit = this.grows ? parseFloat(getComputedStyle(document.documentElement).fontSize) / LETTERS_PX : 1;
    this.pixelRatio = devicePixelRatio * this.#unit;
    this.width = width / this.#unit;
    this.height = height / this.#unit;
    this.canvas.width = Math.round(width * devicePixelRatio);
    this.canvas.height = Math.round(height * devicePixelRatio);
    this.onResize();
  }
}
