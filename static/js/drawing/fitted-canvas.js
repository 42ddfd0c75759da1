/**
 * A canvas that fills its element at the screen's own resolution. Sizes are read when they
 * change, never while drawing. On a canvas that `grows`, lengths are those of a page with the usual
 * font size: on a large screen the drawing grows with the text.
 */
const FONT_PX = 16;

export class FittedCanvas {
  width = 0;
  height = 0;
  /** Device pixels per unit of length. */
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
   * Start a picture, until `end`: an empty canvas, measured in CSS pixels.
   * @param {import("../lib/timeline/span.js").Span | null} [stale]  clear and draw only this part
   */
  begin(stale = null) {
    const { canvas, context, pixelRatio, height } = this;
    if (stale) {
      clearPart(context, pixelRatio, stale.from, 0, stale.to, height);
      return context;
    }
    context.save();
    // Cleared whole and without a clip, so that the browser can drop the previous picture.
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    return context;
  }

  /** Draw a layer of the canvas's own size, pixel by pixel. @param {HTMLCanvasElement} layer */
  drawLayer(layer) {
    const { context, pixelRatio } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(layer, 0, 0);
    context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  }

  /** Finish the picture. */
  end() {
    this.context.restore();
  }

  /** A pointer's position on the canvas. @param {PointerEvent} event */
  x({ offsetX }) {
    return offsetX / this.#unit;
  }

  disconnect() {
    this.observer.disconnect();
    this.canvas.remove();
  }

  #fit({ width, height }) {
    this.#unit = this.grows ? parseFloat(getComputedStyle(document.documentElement).fontSize) / FONT_PX : 1;
    this.pixelRatio = devicePixelRatio * this.#unit;
    this.width = width / this.#unit;
    this.height = height / this.#unit;
    this.canvas.width = Math.round(width * devicePixelRatio);
    this.canvas.height = Math.round(height * devicePixelRatio);
    this.onResize();
  }
}

/**
 * Clear a part of a canvas in whole pixels, and clip drawing to it until the context is restored. A
 * pixel that is cleared in part would show the previous picture.
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
