/**
 * <time-line>: the whole clip at a glance, or a part of it: labels, notes, scores, suggested
 * touches, what is left, when the pole is in reach, what others say, and where one is. It says `frame-sought`
 * while somebody clicks or drags on it; the wheel looks closer, or along with Shift.
 */
import { FittedCanvas } from "../fitted-canvas.js";
import { TimelineScale } from "../lib/timeline-scale.js";
import { TimelineView } from "../lib/timeline-view.js";
import { fetchLanes } from "../others-lanes.js";
import { LANE, PAD, TICKS, TimelineLayers } from "../timeline-layers.js";

const STEP = 1.6;
const WHEEL = 0.002;

export class TimeLine extends HTMLElement {
  #fitted = null;
  #layers = null;
  #scale = null;
  #view = null;
  #frame = -1;
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
    this.#layers.update();
    const { width, height } = this.#fitted;
    const context = this.#fitted.begin();
    this.#drawWindow(context, frame, height);
    context.drawImage(this.#layers.ground, 0, 0, width, height);
    context.drawImage(this.#layers.lane, 0, 0, width, height);
    if (this.clip.labels.mark !== null) this.#drawRange(context, frame, height);
    this.#drawCursor(context, frame, height);
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
    this.dataset.start = start;
    this.dataset.stop = stop;
  }

  #drawWindow(context, frame, height) {
    const half = (this.count - 1) / 2;
    const left = this.#x(Math.max(frame - half, this.#scale.start));
    const right = this.#x(Math.min(frame + half + 1, this.#scale.stop));
    context.fillStyle = this.palette.rule;
    context.fillRect(left, TICKS, Math.max(1, right - left), height - TICKS);
  }

  /** The range that the next label fills, between two posts. */
  #drawRange(context, frame, height) {
    const [start, stop] = this.clip.labels.markedRange(frame);
    const left = Math.max(PAD, this.#x(start));
    const right = Math.min(this.#fitted.width - PAD, this.#x(stop));
    context.fillStyle = this.palette.accent;
    context.globalAlpha = 0.25;
    context.fillRect(left, this.#layers.laneTop, right - left, LANE);
    context.globalAlpha = 1;
    context.fillRect(left, this.#layers.laneTop - 4, 2, LANE + 8);
    context.fillRect(right - 2, this.#layers.laneTop - 4, 2, LANE + 8);
    context.fillRect(left, height - 2, right - left, 2);
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
