/** An interval on a line, in px; reused, so that a key leaves no garbage. */
export class Span {
  from = Infinity;
  to = -Infinity;

  clear() {
    this.from = Infinity;
    this.to = -Infinity;
  }

  /** Extend to include an interval. @param {number} from @param {number} to */
  cover(from, to) {
    this.from = Math.min(this.from, from);
    this.to = Math.max(this.to, to);
  }
}
