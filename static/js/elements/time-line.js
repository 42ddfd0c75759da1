/**
 * <time-line>: the whole clip at a glance, or a part of it: labels, notes, scores, suggested
 * touches, what is left, when the pole is in reach, what others say, and where one is. It says `frame-sought`
 * while somebody clicks or drags on it; the wheel looks closer, or along with Shift.
 */
import { FittedCanvas } from "../drawing/fitted-canvas.js";
import { Span } from "../lib/timeline/span.js";
import { TimelineScale } from "../lib/timeline/timeline-scale.js";
import { TimelineView } from "../lib/timeline/timeline-view.js";
import { fetchLanes } from "../timeline/others-lanes.js";
import { LANE, PAD, TICKS, TimelineLayers } from "../timeline/timeline-layers.js";

const STEP = 1.6;
const WHEEL = 0.002;
/** Half as wide as the cursor's head. */
const CURSOR = 6;
const POST = 2;

export class TimeLine extends HTMLElement {
  #fitted = null;
  #layers = null;
  #scale = null;
  #view = null;
  #frame = -1;
  /** Where the cursor and what moves with it were drawn, and what is to be drawn anew. */
  #spot = new Span();
  #stale = new Span();
  #others = [];
  onStale = () => {};
  /** @type {(() => void)} set by the page: it has a size, and is empty */
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

  /** As <film-strip>'s. */
  show(clip, view, palette) {
    const { start, stop } = clip.sheets;
    const isOther = this.clip?.labels !== clip.labels;
    Object.assign(this, { clip, palette, count: view.count });
    if (isOther) {
      this.#view = new TimelineView(start, stop);
      this.#askOthers();
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
    if (!this.#scale) this.#look();
    this.#layers.update(this.#stale);
    this.#move(frame);
    const context = this.#fitted.begin(this.#stale);
    try {
      this.#drawStale(context, frame, this.#fitted.height);
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

  /** There is room for what others say from the first picture on; it is filled when it arrives. */
  #askOthers() {
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

  /** Drawn before the browser paints it, so that nobody sees it empty. */
  #fit() {
    this.#layers = null;
    this.onStale();
    this.onFit();
  }

  #newLayers() {
    this.#layers = new TimelineLayers(this.#fitted, this.clip, this.palette, this.#others);
    this.#scale = null;
  }

  #look() {
    const { start, stop } = this.#view;
    this.#scale = new TimelineScale(start, stop, this.#fitted.width - 2 * PAD);
    this.#layers.look(this.#scale);
    this.#stale.cover(0, this.#fitted.width);
    this.dataset.start = start;
    this.dataset.stop = stop;
  }

  #drawStale(context, frame, height) {
    this.#drawWindow(context, frame, height);
    this.#fitted.lay(this.#layers.ground);
    this.#fitted.lay(this.#layers.lane);
    if (this.clip.labels.mark !== null) this.#drawRange(context, frame, height);
    this.#drawCursor(context, frame, height);
  }

  /** What moves with the cursor goes from one place to another: both are stale. */
  #move(frame) {
    const { labels } = this.clip;
    const spot = this.#spot;
    this.#stale.cover(spot.from, spot.to);
    spot.clear();
    const x = this.#x(frame + 0.5);
    spot.cover(x - CURSOR - 1, x + CURSOR + 1);
    spot.cover(this.#windowLeft(frame), this.#windowRight(frame) + 1);
    if (labels.mark !== null) {
      const [left, right] = this.#rangeAt(frame);
      spot.cover(Math.min(left, right - POST), Math.max(right, left + POST));
    }
    this.#stale.cover(spot.from, spot.to);
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

  /** The range that the next label fills, as far as it is in view. */
  #rangeAt(frame) {
    const [start, stop] = this.clip.labels.markedRange(frame);
    return [Math.max(PAD, this.#x(start)), Math.min(this.#fitted.width - PAD, this.#x(stop))];
  }

  /** Between two posts. */
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
