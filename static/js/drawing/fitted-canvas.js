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

  /**
   * Start a picture, up to `end`: an empty canvas, measured in CSS pixels.
   * @param {import("../lib/timeline/span.js").Span | null} [stale]  nothing else is drawn anew
   */
  begin(stale = null) {
    const { canvas, context, pixelRatio, height } = this;
    if (stale) {
      clearPart(context, pixelRatio, stale.from, 0, stale.to, height);
      return context;
    }
    context.save();
    // Cleared whole and without a clip, the browser keeps nothing of the picture before.
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    return context;
  }

  /** Put a picture of the canvas's own size over what is drawn, pixel upon pixel. @param {HTMLCanvasElement} layer */
  lay(layer) {
    const { context, pixelRatio } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(layer, 0, 0);
    context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  }

  /** What was begun is drawn. */
  end() {
    this.context.restore();
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

/**
 * Clear a part of a canvas in whole pixels, and draw in it alone until the context is restored. Where
 * a pixel was cleared in part, what was there before would shine through.
 */
export function clearPart(context, pixelRatio, left, top, right, bottom) {
  const x = Math.floor(left * pixelRatio);
  const y = Math.floor(top * pixelRatio);
  const width = Math.ceil(right * pixelRatio) - x;
  const height = Math.ceil(bottom * pixelRatio) - y;
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.clearRect(x, y, width, height);
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
}
