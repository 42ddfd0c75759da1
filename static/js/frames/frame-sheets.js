/**
 * Frames as something that a canvas can draw. They are decoded in sheets, on first use: a
 * frame needs no work at the moment it is drawn, and 10,000 frames no more memory than 1,000.
 */
import { fillGreyTable, paintFrames } from "../lib/frames/grey-table.js";
import { SheetCache } from "../lib/frames/sheet-cache.js";

const SHEET_PIXELS = 2 ** 16;
const HELD_PIXELS = 2 ** 23;
/** The filmstrip's frames must never push out each other's sheets. */
const HELD_SHEETS_MIN = 24;
/** Frames before a frame that its lag colours show. */
const LAGS = 2;

export class FrameSheets {
  /**
   * @param {import("../lib/frames/frame-stream.js").ArrivingFrames} arriving
   * @param {{start: number, stop: number, height: number, width: number}} block
   */
  constructor(arriving, { start, stop, height, width }) {
    Object.assign(this, { arriving, start, stop, height, width });
    const framePixels = height * width;
    this.perSheet = Math.max(1, Math.min(64, Math.floor(SHEET_PIXELS / framePixels)));
    const capacity = Math.max(HELD_SHEETS_MIN, Math.floor(HELD_PIXELS / (framePixels * this.perSheet)));
    this.cache = new SheetCache(capacity);
    this.canvases = [];
    /** Frames of the sheet in each place that had arrived when it was decoded. */
    this.decoded = new Int32Array(capacity);
    this.image = new ImageData(width, height * this.perSheet);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.run = { first: 0, count: 0, framePixels, lags: false, table: new Uint8Array(256) };
    this.look({ contrast: 0, brightness: 0, lags: false });
  }

  /**
   * How the frames look from now on.
   * @param {{contrast: number, brightness: number, lags: boolean}} view
   */
  look({ contrast, brightness, lags }) {
    const look = `${contrast} ${brightness} ${lags}`;
    if (look === this.looks) return;
    this.looks = look;
    fillGreyTable(this.run.table, { contrast, brightness });
    this.run.lags = lags;
    this.cache.clear();
  }

  /** @param {number} frame */
  has(frame) {
    return frame >= this.start && frame - this.start < this.arriving.count;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} frame  one that it has
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   */
  draw(context, frame, x, y, width, height) {
    const index = frame - this.start;
    const sheet = Math.floor(index / this.perSheet);
    const inSheet = index - sheet * this.perSheet;
    const canvas = this.#canvas(sheet, inSheet);
    context.drawImage(canvas, 0, inSheet * this.height, this.width, this.height, x, y, width, height);
  }

  /** Decode ahead of the eye, so that no key has to wait for it. */
  prepare(frame) {
    if (this.has(frame)) this.#canvas(Math.floor((frame - this.start) / this.perSheet), 0);
  }

  #canvas(sheet, inSheet) {
    let place = this.cache.find(sheet);
    if (place < 0) {
      place = this.cache.take(sheet);
      this.decoded[place] = 0;
    }
    if (this.decoded[place] <= inSheet) this.#decode(sheet, place);
    return this.canvases[place];
  }

  #decode(sheet, place) {
    const { run, arriving, image } = this;
    run.first = sheet * this.perSheet;
    run.count = Math.min(this.perSheet, arriving.count - run.first);
    const earliest = Math.max(0, run.first - LAGS);
    paintFrames(this.pixels, arriving.pixels(earliest, run.first + run.count), run);
    this.canvases[place] ??= newCanvas(image.width, image.height);
    this.canvases[place].getContext("2d").putImageData(image, 0, 0);
    this.decoded[place] = run.count;
  }
}

function newCanvas(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}
