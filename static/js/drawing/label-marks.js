/**
 * The look of labels on a canvas. They differ in weight, hatching and sign as well as in colour:
 * touch is solid, not touch a light band with a line under it, unsure hatched, no label dotted.
 */
import { NOT_TOUCH, TOUCH, UNLABELLED, UNSURE } from "../lib/labels/labels.js";

export class LabelMarks {
  /** @param {CanvasRenderingContext2D} context @param {Record<string, string>} palette */
  constructor(context, palette) {
    this.context = context;
    this.palette = palette;
    this.unsure = hatching(context, palette["unsure-tint"], palette.unsure);
    this.beyond = hatching(context, palette.sunken, palette.rule);
  }

  /** A run of frames with one label. */
  band(x, y, width, height, value) {
    const { context, palette } = this;
    if (value === UNLABELLED) {
      context.fillStyle = palette["ink-faint"];
      // On a fixed grid, so that redrawing a part of a run does not move its dots.
      const firstDot = Math.ceil((x + 1) / 6) * 6;
      for (let dot = firstDot; dot < x + width - 1; dot += 6) context.fillRect(dot, y + height - 2, 2, 1);
      return;
    }
    context.fillStyle = this.#fill(value);
    context.fillRect(x, y, width, height);
    if (value === NOT_TOUCH) {
      context.fillStyle = palette["not-touch"];
      context.fillRect(x, y + height - 3, width, 3);
    }
  }

  /** A run of context frames, which take no label. */
  surroundings(x, y, width, height) {
    this.context.fillStyle = this.beyond;
    this.context.fillRect(x, y, width, height);
  }

  /** A label's sign, centred on a point. */
  sign(x, y, value) {
    const { context, palette } = this;
    if (value === TOUCH) {
      context.fillStyle = palette["touch-ink"];
      context.beginPath();
      context.arc(x, y, 4, 0, 2 * Math.PI);
      context.fill();
    } else if (value === NOT_TOUCH) {
      context.fillStyle = palette["not-touch-ink"];
      context.fillRect(x - 4, y - 2, 8, 2);
    } else if (value === UNSURE) {
      context.fillStyle = palette["unsure-ink"];
      context.fillText("?", x, y);
    }
  }

  /** The colour of text on a label's band. */
  ink(value) {
    if (value === TOUCH) return this.palette["touch-ink"];
    if (value === NOT_TOUCH) return this.palette["not-touch-ink"];
    return value === UNSURE ? this.palette["unsure-ink"] : this.palette["ink-soft"];
  }

  #fill(value) {
    if (value === TOUCH) return this.palette.touch;
    return value === UNSURE ? this.unsure : this.palette["not-touch-tint"];
  }
}

function hatching(context, ground, line) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  pen.fillStyle = ground;
  pen.fillRect(0, 0, 8, 8);
  pen.strokeStyle = line;
  pen.lineWidth = 2;
  pen.beginPath();
  for (const shift of [-8, 0, 8]) {
    pen.moveTo(shift - 1, 9);
    pen.lineTo(shift + 9, -1);
  }
  pen.stroke();
  return context.createPattern(tile, "repeat");
}
