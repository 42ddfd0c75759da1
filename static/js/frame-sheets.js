/**
 * Grey frames as something that a canvas can draw. They are decoded in sheets, on first use:
 * a frame needs no work at the moment it is drawn, and 10,000 frames no more memory than 1,000.
 */
import { SheetCache } from "./lib/sheet-cache.js";

const SHEET_PIXELS = 2 ** 16;
const HELD_PIXELS = 2 ** 23;

export class FrameSheets {
  /**
   * @param {Uint8Array} frames
   * @param {{start: number, stop: number, height: number, width: number}} block
   */
  constructor(frames, { start, stop, height, width }) {
    Object.assign(this, { frames, start, stop, height, width });
    const pixels = height * width;
    this.perSheet = Math.max(1, Math.min(64, Math.floor(SHEET_PIXELS / pixels)));
    // A strip of fifteen frames must never push out its own sheets.
    const capacity = Math.max(20, Math.floor(HELD_PIXELS / (pixels * this.perSheet)));
    this.cache = new SheetCache(capacity);
    this.canvases = [];
    this.image = new ImageData(width, height * this.perSheet);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.greys = Uint32Array.from({ length: 256 }, (_, grey) => 0xff000000 | (grey << 16) | (grey << 8) | grey);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} frame  one of the block
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   */
  draw(context, frame, x, y, width, height) {
    const index = frame - this.start;
    const sheet = Math.floor(index / this.perSheet);
    const top = (index - sheet * this.perSheet) * this.height;
    context.drawImage(this.#canvas(sheet), 0, top, this.width, this.height, x, y, width, height);
  }

  #canvas(sheet) {
    const { place, isNew } = this.cache.place(sheet);
    if (isNew) this.#decode(sheet, place);
    return this.canvases[place];
  }

  #decode(sheet, place) {
    const { frames, pixels, greys, image } = this;
    const first = sheet * pixels.length;
    const count = Math.min(pixels.length, frames.length - first);
    for (let i = 0; i < count; i += 1) pixels[i] = greys[frames[first + i]];
    this.canvases[place] ??= newCanvas(image.width, image.height);
    this.canvases[place].getContext("2d").putImageData(image, 0, 0);
  }
}

function newCanvas(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}
