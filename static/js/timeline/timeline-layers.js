/**
 * The pictures under the timeline's cursor, each drawn once: the background (ticks, scores,
 * suggestions, when the pole is in range, other annotators' labels) and the lane of labels with the
 * notes. A label redraws its own columns, not the clip.
 */
import { clearPart } from "../drawing/fitted-canvas.js";
import { LabelMarks } from "../drawing/label-marks.js";
import { forEachRun } from "../lib/labels/runs.js";
import { envelope, labelColumns, OUTSIDE } from "../lib/timeline/timeline-scale.js";
import { drawLanes, OTHER } from "./others-lanes.js";

export const TICKS = 18;
export const LANE = 22;
export const PAD = 6;
const IN_RANGE = 7;
const SUGGESTED = 7;
const FOOT = 4;
/** Columns on each side of a changed label that are redrawn with it. */
const AROUND = 12;

export class TimelineLayers {
  #marks = null;
  #columns = null;
  #version = -1;

  /**
   * @param {import("../drawing/fitted-canvas.js").FittedCanvas} fitted
   * @param {object} clip  as for <film-strip>, with inRange and suggestions
   * @param {Record<string, string>} palette
   * @param {import("./others-lanes.js").Lane[]} others
   */
  constructor(fitted, clip, palette, others) {
    const { width, height, pixelRatio } = fitted;
    Object.assign(this, { clip, palette, others, width, height, pixelRatio });
    this.background = newLayer(fitted);
    this.lane = newLayer(fitted);
    this.#marks = new LabelMarks(this.lane.getContext("2d"), palette);
    this.#columns = new Int8Array(Math.max(1, Math.round(fitted.width - 2 * PAD)));
  }

  /** The top of the labels' lane. */
  get laneTop() {
    return this.othersTop - LANE;
  }

  /** The top of other annotators' lanes. */
  get othersTop() {
    return this.height - FOOT - OTHER * this.others.length;
  }

  /** Draw another part of the clip. @param {import("../lib/timeline/timeline-scale.js").TimelineScale} scale */
  setScale(scale) {
    this.scale = scale;
    this.#version = -1;
    const context = this.background.getContext("2d");
    context.clearRect(0, 0, this.width, this.height);
    this.#drawSurroundings(context);
    this.#drawTicks(context);
    this.#drawInRange(context);
    if (this.clip.scores) this.#drawScores(context);
    if (this.clip.suggestions) this.#drawSuggestions(context);
    this.#drawOthers(context);
    this.#drawPart(context);
  }

  /** Redraw the labels that changed. @param {import("../lib/timeline/span.js").Span} stale  grows to cover them */
  update(stale) {
    const { labels } = this.clip;
    if (this.#version === labels.version) return;
    const isNext = this.#version === labels.version - 1 && labels.changedStart < labels.changedStop;
    this.#version = labels.version;
    const context = this.lane.getContext("2d");
    const columns = this.#columns.length;
    if (isNext) {
      const from = Math.floor(this.scale.x(labels.changedStart)) - 1;
      // A dot in the last column is two pixels wide.
      const to = Math.ceil(this.scale.x(labels.changedStop)) + 2;
      if (to <= 0 || from >= columns) return;
      this.#drawLane(context, Math.max(0, from), Math.min(columns, to));
      stale.cover(PAD + from, PAD + to);
    } else {
      stale.cover(0, this.width);
      context.clearRect(0, 0, this.width, this.height);
      this.#drawLane(context, 0, columns);
      this.#drawNotes(context);
    }
  }

  #drawLane(context, from, to) {
    const { labels } = this.clip;
    const columns = this.#columns;
    labelColumns(labels.values, labels.start, this.scale, columns, from, to);
    clearPart(context, this.pixelRatio, PAD + from, this.laneTop, PAD + to, this.laneTop + LANE);
    // A run that is cut must be cut outside the redrawn part: its end looks like the end of a label.
    forEachRun(columns, Math.max(0, from - AROUND), Math.min(columns.length, to + AROUND), this.#drawRun);
    context.restore();
  }

  #drawRun = (start, stop, value) => {
    if (value !== OUTSIDE) this.#marks.band(PAD + start, this.laneTop, stop - start, LANE, value);
  };

  #drawNotes(context) {
    context.fillStyle = this.palette.ink;
    for (const frame of this.clip.labels.notes.keys()) {
      const x = Math.round(this.#x(frame + 0.5));
      if (x < PAD || x > this.width - PAD) continue;
      context.fillRect(x, TICKS - 2, 1, this.laneTop - TICKS + 2);
      context.beginPath();
      context.moveTo(x, TICKS - 2);
      context.lineTo(x + 9, TICKS + 2);
      context.lineTo(x, TICKS + 6);
      context.fill();
    }
  }

  #drawSurroundings(context) {
    const { sheets, labels } = this.clip;
    const marks = new LabelMarks(context, this.palette);
    context.globalAlpha = 0.6;
    for (const [start, stop] of [[sheets.start, labels.start], [labels.stop, sheets.stop]]) {
      const [x, width] = this.#span(start, stop);
      if (width > 0) marks.surroundings(x, TICKS, width, this.height - TICKS - FOOT);
    }
    context.globalAlpha = 1;
  }

  #drawTicks(context) {
    context.font = `11px ${this.palette.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const tick of this.scale.ticks(80)) {
      const x = this.#x(tick + 0.5);
      context.fillStyle = this.palette.rule;
      context.fillRect(Math.round(x), TICKS, 1, this.height - TICKS - FOOT);
      context.fillStyle = this.palette["ink-soft"];
      if (x > 14 && x < this.width - 14) context.fillText(tick, x, TICKS / 2);
    }
  }

  /** A bar with ends for each interval in which the pole is in range. */
  #drawInRange(context) {
    context.fillStyle = this.palette["ink-soft"];
    for (const [start, stop] of this.clip.inRange ?? []) {
      const [x, width] = this.#span(start, stop);
      if (width <= 0) continue;
      context.fillRect(x, TICKS + 1, width, 2);
      if (start >= this.scale.start) context.fillRect(x, TICKS + 1, 2, IN_RANGE);
      if (stop <= this.scale.stop) context.fillRect(x + width - 2, TICKS + 1, 2, IN_RANGE);
    }
  }

  #drawScores(context) {
    const { scores, sheets, threshold } = this.clip;
    const top = TICKS + IN_RANGE;
    const height = this.laneTop - SUGGESTED - 3 - top;
    const y = (score) => top + height * (1 - score);
    const columns = this.#columns.length;
    const visible = scores.subarray(this.scale.start - sheets.start, this.scale.stop - sheets.start);
    const { low, high } = envelope(visible, columns);
    // One shape: separate columns would show edges where a pixel is not a whole unit.
    context.fillStyle = this.palette["score-tint"];
    context.beginPath();
    for (let x = 0; x < columns; x += 1) context.rect(PAD + x, y(high[x]), 1, height * high[x]);
    context.fill();
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
    context.moveTo(PAD, Math.round(y(threshold)) + 0.5);
    context.lineTo(PAD + columns, Math.round(y(threshold)) + 0.5);
    context.stroke();
    context.setLineDash([]);
  }

  /** Hollow boxes above the lane; filled bands in the lane are an annotator's labels. */
  #drawSuggestions(context) {
    const { suggestions } = this.clip;
    context.strokeStyle = this.palette.touch;
    context.lineWidth = 1;
    for (let frame = this.scale.start; frame < this.scale.stop; frame += 1) {
      const touch = suggestions.touchAt(frame);
      if (!touch) continue;
      const [x, width] = this.#span(...touch);
      context.strokeRect(x + 0.5, this.laneTop - SUGGESTED - 0.5, Math.max(1, width - 1), SUGGESTED - 2);
      frame = touch[1];
    }
  }

  #drawOthers(context) {
    const { others, scale, palette, othersTop: top } = this;
    if (!others.length) return;
    const marks = new LabelMarks(context, palette);
    const first = this.clip.labels.start;
    drawLanes(context, others, { first, scale, marks, palette, left: PAD, top, columns: this.#columns.length });
  }

  /** The position of the shown part in the clip. */
  #drawPart(context) {
    const { sheets } = this.clip;
    const whole = sheets.stop - sheets.start;
    if (this.scale.stop - this.scale.start === whole) return;
    const width = this.width - 2 * PAD;
    context.fillStyle = this.palette.rule;
    context.fillRect(PAD, this.height - 3, width, 2);
    context.fillStyle = this.palette["ink-soft"];
    const x = ((this.scale.start - sheets.start) / whole) * width;
    context.fillRect(PAD + x, this.height - 3, Math.max(4, ((this.scale.stop - this.scale.start) / whole) * width), 2);
  }

  /** The visible part of a frame interval: x and width, at least a pixel. */
  #span(start, stop) {
    const from = Math.max(start, this.scale.start);
    const to = Math.min(stop, this.scale.stop);
    const x = this.#x(from);
    return [x, to > from ? Math.max(1, this.#x(to) - x) : 0];
  }

  #x(frame) {
    return PAD + this.scale.x(frame);
  }
}

function newLayer({ canvas, pixelRatio }) {
  const layer = document.createElement("canvas");
  layer.width = canvas.width;
  layer.height = canvas.height;
  layer.getContext("2d").scale(pixelRatio, pixelRatio);
  return layer;
}
