/** Which rows and columns of a large table are in sight. Pure. */

export interface Span {
  from: number;
  /** One after the last. */
  to: number;
}

/** Of `count` things of one size those within [start, start + length), and a few beyond on either side. */
export function inSight(count: number, size: number, start: number, length: number, beyond = 2): Span {
  const from = Math.max(0, Math.min(count, Math.floor(start / size) - beyond));
  const to = Math.max(from, Math.min(count, Math.ceil((start + length) / size) + beyond));
  return { from, to };
}
