/**
 * <film-strip>: the current frame between its neighbours, each above its label and its score.
 * It draws the clip passed to `show`, and dispatches `frame-sought` when a frame is clicked.
 */
import { Debounce } from "../browser/debounce.js";
import { FittedCanvas } from "../drawing/fitted-canvas.js";
import { LabelMarks } from "../drawing/label-marks.js";
import { filmstripLayout, tileAt } from "../lib/frames/filmstrip-layout.js";
import { labelText } from "../lib/labels/labels.js";

const TOP = 12;
const BAND = { gap: 9, height: 22 };
const SCORES = { gap: 5, height: 32 };
const TEXT = { gap: 5, line: 14 };

export class FilmStrip extends HTMLElement {
  #fitted = null;
  #layout = null;
  #frame = 0;
  /** Decodes the next sheet on each side between pictures, so that no key has to wait for it. */
  #ahead = new Debounce(() => this.#prepare(), { pauseMs: 0, latestMs: 0 });
  /** @type {(() => void)} set by the page: the picture must be redrawn */
  onStale = () => {};
  /** @type {(() => void)} set by the page: called when the canvas has a new size, and is empty */
  onFit = () => {};

  connectedCallback() {
    this.#fitted = new FittedCanvas(this, () => this.#fit(), { grows: true });
    this.#fitted.canvas.setAttribute("role", "img");
    this.addEventListener("pointerdown", this.#seek);
  }

  disconnectedCallback() {
    this.removeEventListener("pointerdown", this.#seek);
    this.#fitted.disconnect();
  }

  /**
   * @param {object} clip
   * @param {import("../frames/frame-sheets.js").FrameSheets} clip.sheets
   * @param {import("../lib/labels/clip-labels.js").ClipLabels} clip.labels
   * @param {Float32Array | null} clip.scores  of the block's frames
   * @param {number} clip.threshold
   * @param {{count: number, crisp: boolean}} view
   * @param {Record<string, string>} palette
   */
  show(clip, view, palette) {
    Object.assign(this, clip, view, { palette });
    this.marks = new LabelMarks(this.#fitted.context, palette);
    this.scoreTexts = clip.scores && Array.from(clip.scores, (score) => score.toFixed(2));
    this.#layout = null;
    this.onStale();
  }

  /** @param {number} frame */
  draw(frame) {
    this.#frame = frame;
    if (!this.sheets || !this.#fitted.width) return;
    this.#layout ??= this.#newLayout();
    const context = this.#fitted.begin();
    context.imageSmoothingEnabled = !this.crisp;
    context.imageSmoothingQuality = "high";
    context.textAlign = "center";
    context.textBaseline = "middle";
    const y = TOP + this.#layout.baseline + BAND.gap;
    for (const tile of this.#layout.tiles) this.#drawTile(context, tile, y);
    if (this.scores) this.#drawThreshold(context, y + BAND.height + SCORES.gap);
    this.#fitted.end();
    this.#ahead.request();
  }

  /** @param {string} text */
  describe(text) {
    this.#fitted.canvas.setAttribute("aria-label", text);
  }

  #prepare() {
    const { sheets } = this;
    sheets.prepare(this.#frame + sheets.perSheet);
    sheets.prepare(this.#frame - sheets.perSheet);
  }

  /** Draw before the browser paints, so that the canvas is never seen empty. */
  #fit() {
    this.#layout = null;
    this.onStale();
    this.onFit();
  }

  #newLayout() {
    const { width, height, pixelRatio } = this.#fitted;
    const scores = this.scores ? SCORES.gap + SCORES.height + TEXT.line : 0;
    const below = BAND.gap + BAND.height + scores + TEXT.gap + TEXT.line + TOP;
    return filmstripLayout({
      width: width - 2 * TOP, height: Math.max(40, height - TOP - below), count: this.count, crisp: this.crisp,
      frameWidth: this.sheets.width, frameHeight: this.sheets.height, pixelRatio, zoom: this.zoom,
    });
  }

  #drawTile(context, tile, y) {
    const frame = this.#frame + tile.offset;
    if (!this.sheets.has(frame)) return;
    const x = TOP + tile.x;
    const inClip = this.labels.has(frame);
    context.globalAlpha = inClip ? 1 : 0.4;
    this.sheets.draw(context, frame, x, TOP + tile.y, tile.width, tile.height);
    context.globalAlpha = 1;
    if (tile.offset === 0) this.#drawOutline(context, x, TOP + tile.y, tile);
    this.#drawLabel(context, x, y, tile, frame, inClip);
    this.#drawNumbers(context, x, y + BAND.height, tile, frame);
  }

  #drawOutline(context, x, y, { width, height }) {
    context.strokeStyle = this.palette.accent;
    context.lineWidth = 2;
    context.strokeRect(x - 3, y - 3, width + 6, height + 6);
  }

  #drawLabel(context, x, y, tile, frame, inClip) {
    const width = tile.width;
    if (!inClip) {
      this.marks.surroundings(x, y, width, BAND.height);
      return;
    }
    const value = this.labels.at(frame);
    const middle = x + width / 2;
    const center = y + BAND.height / 2;
    this.marks.band(x, y, width, BAND.height, value);
    if (this.labels.isMarked(frame, this.#frame)) {
      context.fillStyle = this.palette.accent;
      context.fillRect(x, y - 5, width, 3);
    }
    context.font = `600 13px ${this.palette.font}`;
    if (tile.offset !== 0) {
      this.marks.sign(middle, center, value);
      return;
    }
    const text = labelText(value);
    this.marks.sign(middle - text.length * 4 - 12, center, value);
    context.fillStyle = this.marks.ink(value);
    context.fillText(text, middle, center);
  }

  #drawNumbers(context, x, y, tile, frame) {
    const middle = x + tile.width / 2;
    let textY = y + TEXT.gap + TEXT.line / 2;
    if (this.scores) {
      const index = frame - this.sheets.start;
      const score = this.scores[index];
      const top = y + SCORES.gap;
      context.fillStyle = this.palette.rule;
      context.fillRect(x, top + SCORES.height - 1, tile.width, 1);
      const height = SCORES.height * score;
      context.fillStyle = this.palette["score-tint"];
      context.fillRect(x, top + SCORES.height - height, tile.width, height);
      context.fillStyle = this.palette[score > this.threshold ? "score" : "ink-faint"];
      context.fillRect(x, top + SCORES.height - height - 1, tile.width, score > this.threshold ? 3 : 1);
      textY += SCORES.gap + SCORES.height;
      context.font = `${tile.offset === 0 ? 600 : 400} 12px ${this.palette.font}`;
      context.fillStyle = this.palette["ink-soft"];
      context.fillText(this.scoreTexts[index], middle, textY);
      textY += TEXT.line;
    }
    context.font = `${tile.offset === 0 ? 650 : 400} 12px ${this.palette.font}`;
    context.fillStyle = this.palette[tile.offset === 0 ? "ink" : "ink-faint"];
    context.fillText(frame, middle, textY);
  }

  #drawThreshold(context, top) {
    const y = Math.round(top + SCORES.height * (1 - this.threshold)) + 0.5;
    context.strokeStyle = this.palette["ink-faint"];
    context.lineWidth = 1;
    context.setLineDash([3, 3]);
    context.beginPath();
    context.moveTo(TOP + this.#layout.left, y);
    context.lineTo(TOP + this.#layout.right, y);
    context.stroke();
    context.setLineDash([]);
  }

  #seek = (event) => {
    const tile = this.#layout && tileAt(this.#layout, this.#fitted.x(event) - TOP);
    if (!tile) return;
    const frame = this.#frame + tile.offset;
    this.dispatchEvent(new CustomEvent("frame-sought", { bubbles: true, detail: { frame } }));
  };
}
