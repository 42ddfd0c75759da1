/**
 * <time-line>: the whole block at a glance: labels, scores, what is left, and where one is.
 * It says `frame-sought` while somebody clicks or drags on it.
 */
import { FittedCanvas } from "../fitted-canvas.js";
import { LabelMarks } from "../label-marks.js";
import { runsOf, UNLABELLED } from "../lib/labels.js";
import { envelope, TimelineScale } from "../lib/timeline-scale.js";

const TICKS = 18;
const LANE = 22;
const PAD = 6;

export class TimeLine extends HTMLElement {
  #fitted = null;
  #scale = null;
  #ground = null;
  #lane = null;
  #laneVersion = -1;
  onStale = () => {};

  connectedCallback() {
    this.#fitted = new FittedCanvas(this, () => { this.#scale = null; this.onStale(); });
    this.addEventListener("pointerdown", this.#grab);
    this.addEventListener("pointermove", this.#drag);
  }

  disconnectedCallback() {
    this.removeEventListener("pointerdown", this.#grab);
    this.removeEventListener("pointermove", this.#drag);
    this.#fitted.disconnect();
  }

  /** As <film-strip>'s. */
  show(clip, view, palette) {
    Object.assign(this, clip, view, { palette });
    this.setAttribute("aria-valuemin", clip.sheets.start);
    this.setAttribute("aria-valuemax", clip.sheets.stop - 1);
    this.#scale = null;
    this.onStale();
  }

  /** @param {number} frame */
  draw(frame) {
    if (!this.sheets || !this.#fitted.width) return;
    if (!this.#scale) this.#drawGround();
    if (this.#laneVersion !== this.labels.version) this.#drawLane();
    const { width, height } = this.#fitted;
    const context = this.#fitted.begin();
    this.#drawWindow(context, frame, height);
    context.drawImage(this.#ground, 0, 0, width, height);
    context.drawImage(this.#lane, 0, 0, width, height);
    this.#drawCursor(context, frame, height);
  }

  /** @param {number} frame @param {string} text */
  describe(frame, text) {
    this.setAttribute("aria-valuenow", frame);
    this.setAttribute("aria-valuetext", text);
  }

  #drawGround() {
    const { start, stop } = this.sheets;
    this.#scale = new TimelineScale(start, stop, this.#fitted.width - 2 * PAD);
    this.#ground = this.#layer();
    this.#lane = this.#layer();
    this.#laneVersion = -1;
    const context = this.#ground.getContext("2d");
    const { height } = this.#fitted;
    const marks = new LabelMarks(context, this.palette);
    context.globalAlpha = 0.6;
    this.#span(start, this.labels.start, (x, width) => marks.surroundings(x, TICKS, width, height - TICKS));
    this.#span(this.labels.stop, stop, (x, width) => marks.surroundings(x, TICKS, width, height - TICKS));
    context.globalAlpha = 1;
    this.#drawTicks(context, height);
    if (this.scores) this.#drawScores(context, TICKS + 2, height - TICKS - LANE - 10);
  }

  #drawTicks(context, height) {
    context.font = `11px ${this.palette.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const tick of this.#scale.ticks(80)) {
      const x = this.#x(tick + 0.5);
      context.fillStyle = this.palette.rule;
      context.fillRect(Math.round(x), TICKS, 1, height - TICKS);
      context.fillStyle = this.palette["ink-soft"];
      if (x > 14 && x < this.#fitted.width - 14) context.fillText(tick, x, TICKS / 2);
    }
  }

  #drawScores(context, top, height) {
    const y = (score) => top + height * (1 - score);
    const columns = Math.max(1, Math.round(this.#scale.width));
    const { low, high } = envelope(this.scores, columns);
    context.fillStyle = this.palette["score-tint"];
    for (let x = 0; x < columns; x += 1) context.fillRect(PAD + x, y(high[x]), 1, height * high[x]);
    context.fillStyle = this.palette.score;
    let before = high[0];
    for (let x = 0; x < columns; x += 1) {
      const upper = Math.max(high[x], before);
      context.fillRect(PAD + x, y(upper) - 0.75, 1, Math.max(1.5, height * (upper - Math.min(low[x], before))));
      before = high[x];
    }
    context.strokeStyle = this.palette["ink-soft"];
    context.setLineDash([3, 3]);
    context.beginPath();
    context.moveTo(PAD, Math.round(y(this.threshold)) + 0.5);
    context.lineTo(PAD + columns, Math.round(y(this.threshold)) + 0.5);
    context.stroke();
  }

  #drawLane() {
    this.#laneVersion = this.labels.version;
    const context = this.#lane.getContext("2d");
    const y = this.#fitted.height - LANE - 3;
    context.clearRect(0, 0, this.#fitted.width, this.#fitted.height);
    const marks = new LabelMarks(context, this.palette);
    for (const [start, stop, value] of runsOf(this.labels.values, this.labels.start, { gaps: true })) {
      this.#span(start, stop, (x, width) => marks.band(x, y, width, LANE, value ?? UNLABELLED));
    }
  }

  #drawWindow(context, frame, height) {
    const half = (this.count - 1) / 2;
    context.fillStyle = this.palette.rule;
    this.#span(Math.max(frame - half, this.sheets.start), Math.min(frame + half + 1, this.sheets.stop), (x, width) =>
      context.fillRect(x, TICKS, width, height - TICKS));
  }

  #drawCursor(context, frame, height) {
    const x = Math.round(this.#x(frame + 0.5));
    context.fillStyle = this.palette.accent;
    context.fillRect(x - 1, TICKS - 4, 2, height - TICKS + 4);
    context.beginPath();
    context.moveTo(x - 6, TICKS - 9);
    context.lineTo(x + 6, TICKS - 9);
    context.lineTo(x, TICKS - 1);
    context.fill();
  }

  /** Draw from frame to frame, at least a pixel wide. */
  #span(start, stop, paint) {
    if (stop <= start) return;
    const x = this.#x(start);
    paint(x, Math.max(1, this.#x(stop) - x));
  }

  #x(frame) {
    return PAD + this.#scale.x(frame);
  }

  #layer() {
    const layer = document.createElement("canvas");
    layer.width = this.#fitted.canvas.width;
    layer.height = this.#fitted.canvas.height;
    layer.getContext("2d").scale(this.#fitted.pixelRatio, this.#fitted.pixelRatio);
    return layer;
  }

  #grab = (event) => {
    if (event.button !== 0 || !this.#scale) return;
    this.setPointerCapture(event.pointerId);
    this.#seek(event);
  };

  #drag = (event) => {
    if (this.hasPointerCapture(event.pointerId)) this.#seek(event);
  };

  #seek({ offsetX }) {
    const frame = this.#scale.frame(offsetX - PAD);
    this.dispatchEvent(new CustomEvent("frame-sought", { bubbles: true, detail: { frame } }));
  }
}
