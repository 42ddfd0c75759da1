/**
 * Frames that a canvas can draw. They are decoded in sheets, on first use: a frame needs no work
 * when it is drawn, and 10,000 frames need no more memory than 1,000.
 */
import { fillGreyTable, paintFrames } from "../lib/frames/grey-table.js";
import { SheetCache } from "../lib/frames/sheet-cache.js";

const SHEET_PIXELS = 2 ** 16;
const CACHED_PIXELS = 2 ** 23;
/** Enough that the filmstrip's frames never evict each other's sheets. */
const CACHED_SHEETS_MIN = 24;
/** Previous frames that the lag colours show. */
const LAGS = 2;

export class FrameSheets {
  /**
   * @param {import("../lib/frames/frame-stream.js").FrameStream} stream
   * @param {{start: number, stop: number, height: number, width: number}} block
   */
  constructor(stream, { start, stop, height, width }) {
    Object.assign(this, { stream, start, stop, height, width });
    const framePixels = height * width;
    this.perSheet = Math.max(1, Math.min(64, Math.floor(SHEET_PIXELS / framePixels)));
    const capacity = Math.max(CACHED_SHEETS_MIN, Math.floor(CACHED_PIXELS / (framePixels * this.perSheet)));
    this.cache = new SheetCache(capacity);
    this.canvases = [];
    /** For each slot: how many frames of its sheet have been decoded. */
    this.decoded = new Int32Array(capacity);
    this.image = new ImageData(width, height * this.perSheet);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.run = { first: 0, count: 0, framePixels, lags: false, table: new Uint8Array(256) };
    this.setLook({ contrast: 0, brightness: 0, lags: false });
  }

  /**
   * Draw frames with this look from now on.
   * @param {{contrast: number, brightness: number, lags: boolean}} view
   */
  setLook({ contrast, brightness, lags }) {
    const look = `${contrast} ${brightness} ${lags}`;
    if (look === this.looks) return;
    this.looks = look;
    fillGreyTable(this.run.table, { contrast, brightness });
    this.run.lags = lags;
    this.cache.clear();
  }

  /** @param {number} frame */
  has(frame) {
    return frame >= this.start && frame - this.start < this.stream.count;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} frame  one that `has` accepts
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

  /** Decode in advance, so that no key has to wait for it. */
  prepare(frame) {
    if (this.has(frame)) this.#canvas(Math.floor((frame - this.start) / this.perSheet), 0);
  }

  #canvas(sheet, inSheet) {
    let slot = this.cache.find(sheet);
    if (slot < 0) {
      slot = this.cache.take(sheet);
      this.decoded[slot] = 0;
    }
    if (this.decoded[slot] <= inSheet) this.#decode(sheet, slot);
    return this.canvases[slot];
  }

  #decode(sheet, slot) {
    const { run, stream, image } = this;
    run.first = sheet * this.perSheet;
    run.count = Math.min(this.perSheet, stream.count - run.first);
    const earliest = Math.max(0, run.first - LAGS);
    paintFrames(this.pixels, stream.pixels(earliest, run.first + run.count), run);
    this.canvases[slot] ??= newCanvas(image.width, image.height);
    this.canvases[slot].getContext("2d").putImageData(image, 0, 0);
    this.decoded[slot] = run.count;
  }
}

function newCanvas(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}
