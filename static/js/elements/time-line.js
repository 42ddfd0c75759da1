/**
 * <time-line>: the whole clip or a part of it: labels, notes, scores, suggested touches, frames
 * without a label, when the pole is in range, other annotators' labels, and the current frame. It
 * dispatches `frame-sought` on click and drag; the wheel zooms, or scrolls with Shift.
 */
import { FittedCanvas } from "../drawing/fitted-canvas.js";
import { Span } from "../lib/timeline/span.js";
import { TimelineScale } from "../lib/timeline/timeline-scale.js";
import { TimelineView } from "../lib/timeline/timeline-view.js";
import { fetchLanes } from "../timeline/others-lanes.js";
import { LANE, PAD, TICKS, TimelineLayers } from "../timeline/timeline-layers.js";

const STEP = 1.6;
const WHEEL = 0.002;
/** Half the width of the cursor's head. */
const CURSOR = 6;
const POST = 2;

export class TimeLine extends HTMLElement {
  #fitted = null;
  #layers = null;
  #scale = null;
  #view = null;
  #frame = -1;
  /** Where the cursor, and what moves with it, was drawn last; and the part to redraw. */
  #drawn = new Span();
  #stale = new Span();
  #others = [];
  onStale = () => {};
  /** @type {(() => void)} set by the page: called when the canvas has a new size, and is empty */
  onFit = () => {};

  connectedCallback() {
    this.#fitted = new FittedCanvas(this, () => this.#fit(), { grows: true });
    this.addEventListener("pointerdown", this.#grab);
    this.addEventListener("pointermove", this.#drag);
    this.addEventListener("wheel", this.#turn, { passive: false });
  }

  disconnectedCallback() {
    this.removeEventListener("pointerdown", this.#grab);
    this.removeEventListener("pointermove", this.#drag);
    this.removeEventListener("wheel", this.#turn);
    this.#fitted.disconnect();
  }

  /** Show a clip, with the parameters of <film-strip>'s `show`. */
  show(clip, view, palette) {
    const { start, stop } = clip.sheets;
    const isOther = this.clip?.labels !== clip.labels;
    Object.assign(this, { clip, palette, count: view.count });
    if (isOther) {
      this.#view = new TimelineView(start, stop);
      this.#loadOthers();
    }
    this.setAttribute("aria-valuemin", start);
    this.setAttribute("aria-valuemax", stop - 1);
    this.#layers = null;
    this.onStale();
  }

  /** @param {number} frame */
  draw(frame) {
    if (!this.clip || !this.#fitted.width) return;
    if (frame !== this.#frame && this.#view.follow(frame)) this.#scale = null;
    this.#frame = frame;
    if (!this.#layers) this.#newLayers();
    if (!this.#scale) this.#newScale();
    this.#layers.update(this.#stale);
    this.#move(frame);
    const context = this.#fitted.begin(this.#stale);
    try {
      this.#redrawPart(context, frame, this.#fitted.height);
    } finally {
      this.#stale.clear();
      this.#fitted.end();
    }
  }

  /**
   * Show less or more of the clip at a time.
   * @param {number} amount  1 closer, -1 farther
   * @param {number} frame  stays where it is
   */
  zoom(amount, frame) {
    this.#zoom(STEP ** amount, frame);
  }

  /** @param {number} frame @param {string} text */
  describe(frame, text) {
    this.setAttribute("aria-valuenow", frame);
    this.setAttribute("aria-valuetext", text);
  }

  /** The first picture leaves room for other annotators' lanes; they are drawn when they arrive. */
  #loadOthers() {
    const { labels, others } = this.clip;
    this.#showOthers([], others?.n ?? 0);
    if (!others) return;
    fetchLanes(others.url, labels).then((lanes) => {
      if (this.clip.labels === labels) this.#showOthers(lanes, lanes.length);
    });
  }

  #showOthers(lanes, n) {
    this.#others = lanes;
    this.style.setProperty("--others", n);
    this.dataset.others = lanes.map(({ name }) => name).join(", ");
    if (lanes.length) this.setAttribute("aria-description", `Below your labels: ${this.dataset.others}`);
    else this.removeAttribute("aria-description");
    this.#layers = null;
    this.onStale();
  }

  /** Draw before the browser paints, so that the canvas is never seen empty. */
  #fit() {
    this.#layers = null;
    this.onStale();
    this.onFit();
  }

  #newLayers() {
    this.#layers = new TimelineLayers(this.#fitted, this.clip, this.palette, this.#others);
    this.#scale = null;
  }

  #newScale() {
    const { start, stop } = this.#view;
    this.#scale = new TimelineScale(start, stop, this.#fitted.width - 2 * PAD);
    this.#layers.setScale(this.#scale);
    this.#stale.cover(0, this.#fitted.width);
    this.dataset.start = start;
    this.dataset.stop = stop;
  }

  #redrawPart(context, frame, height) {
    this.#drawWindow(context, frame, height);
    this.#fitted.drawLayer(this.#layers.background);
    this.#fitted.drawLayer(this.#layers.lane);
    if (this.clip.labels.mark !== null) this.#drawRange(context, frame, height);
    this.#drawCursor(context, frame, height);
  }

  /** Redraw where the cursor, and what moves with it, was and is. */
  #move(frame) {
    const { labels } = this.clip;
    const drawn = this.#drawn;
    this.#stale.cover(drawn.from, drawn.to);
    drawn.clear();
    const x = this.#x(frame + 0.5);
    drawn.cover(x - CURSOR - 1, x + CURSOR + 1);
    drawn.cover(this.#windowLeft(frame), this.#windowRight(frame) + 1);
    if (labels.mark !== null) {
      const [left, right] = this.#rangeAt(frame);
      drawn.cover(Math.min(left, right - POST), Math.max(right, left + POST));
    }
    this.#stale.cover(drawn.from, drawn.to);
  }

  #windowLeft(frame) {
    return this.#x(Math.max(frame - (this.count - 1) / 2, this.#scale.start));
  }

  #windowRight(frame) {
    return this.#x(Math.min(frame + (this.count + 1) / 2, this.#scale.stop));
  }

  #drawWindow(context, frame, height) {
    const left = this.#windowLeft(frame);
    context.fillStyle = this.palette.rule;
    context.fillRect(left, TICKS, Math.max(1, this.#windowRight(frame) - left), height - TICKS);
  }

  /** The visible part of the range that the next label fills. */
  #rangeAt(frame) {
    const [start, stop] = this.clip.labels.markedRange(frame);
    return [Math.max(PAD, this.#x(start)), Math.min(this.#fitted.width - PAD, this.#x(stop))];
  }

  /** The range, between two vertical bars. */
  #drawRange(context, frame, height) {
    const [left, right] = this.#rangeAt(frame);
    context.fillStyle = this.palette.accent;
    context.globalAlpha = 0.25;
    context.fillRect(left, this.#layers.laneTop, right - left, LANE);
    context.globalAlpha = 1;
    context.fillRect(left, this.#layers.laneTop - 4, POST, LANE + 8);
    context.fillRect(right - POST, this.#layers.laneTop - 4, POST, LANE + 8);
    context.fillRect(left, height - 2, right - left, 2);
  }

  #drawCursor(context, frame, height) {
    const x = Math.round(this.#x(frame + 0.5));
    context.fillStyle = this.palette.accent;
    context.fillRect(x - 1, TICKS - 4, 2, height - TICKS + 4);
    context.beginPath();
    context.moveTo(x - CURSOR, TICKS - 9);
    context.lineTo(x + CURSOR, TICKS - 9);
    context.lineTo(x, TICKS - 1);
    context.fill();
  }

  #x(frame) {
    return PAD + this.#scale.x(frame);
  }

  #zoom(factor, frame) {
    if (!this.#view) return;
    this.#view.zoom(factor, frame);
    this.#scale = null;
    this.onStale();
  }

  #turn = (event) => {
    if (!this.#scale || event.ctrlKey) return;
    event.preventDefault();
    const along = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (along) {
      this.#view.pan((event.deltaX || event.deltaY) / this.#scale.pixelsPerFrame);
      this.#scale = null;
      this.onStale();
    } else {
      this.#zoom(Math.exp(-event.deltaY * WHEEL), this.#scale.frame(this.#fitted.x(event) - PAD));
    }
  };

  #grab = (event) => {
    if (event.button !== 0 || !this.#scale) return;
    this.setPointerCapture(event.pointerId);
    this.#seek(event);
  };

  #drag = (event) => {
    if (this.#scale && this.hasPointerCapture(event.pointerId)) this.#seek(event);
  };

  #seek(event) {
    const frame = this.#scale.frame(this.#fitted.x(event) - PAD);
    this.dispatchEvent(new CustomEvent("frame-sought", { bubbles: true, detail: { frame } }));
  }
}
