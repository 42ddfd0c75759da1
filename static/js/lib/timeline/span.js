/** From where to where on a line something lies, in px; used again and again, so that a key leaves no garbage. */
export class Span {
  from = Infinity;
  to = -Infinity;

  clear() {
    this.from = Infinity;
    this.to = -Infinity;
  }

  /** Reach at least from one place to another. @param {number} from @param {number} to */
  cover(from, to) {
    this.from = Math.min(this.from, from);
    this.to = Math.max(this.to, to);
  }
}
