/** Runs of one kind as one line: their mean, and a band around it. Pure. */

export interface Member {
  x: Float64Array;
  y: Float64Array;
}

export type Band = 'range' | 'deviation';

const MOST_PLACES = 1000;

/**
 * Mean and band at every place where some member has a value. Between its values a member counts with the straight line
 * between them; before its first and after its last value it does not count.
 */
export function meanOf(members: readonly Member[], band: Band): { x: Float64Array; mean: Float64Array; low: Float64Array; high: Float64Array } {
  const x = places(members);
  const mean = new Float64Array(x.length).fill(NaN);
  const low = mean.slice();
  const high = mean.slice();
  const cursors = members.map(() => 0);
  for (let at = 0; at < x.length; at += 1) {
    let count = 0;
    let middle = 0;
    let squares = 0;
    let least = Infinity;
    let most = -Infinity;
    members.forEach((member, index) => {
      while (cursors[index] + 1 < member.x.length && member.x[cursors[index] + 1] <= x[at]) cursors[index] += 1;
      const value = between(member, cursors[index], x[at]);
      if (!Number.isFinite(value)) return;
      count += 1;
      // Welford: sums of squares of values near 1e9 would lose the digits that differ.
      const away = value - middle;
      middle += away / count;
      squares += away * (value - middle);
      if (value < least) least = value;
      if (value > most) most = value;
    });
    if (!count) continue;
    const deviation = count > 1 ? Math.sqrt(squares / (count - 1)) : 0;
    mean[at] = middle;
    low[at] = band === 'range' ? least : middle - deviation;
    high[at] = band === 'range' ? most : middle + deviation;
  }
  return { x, mean, low, high };
}

function between({ x, y }: Member, at: number, wanted: number): number {
  if (!x.length || wanted < x[0] || wanted > x[x.length - 1]) return NaN;
  if (x[at] === wanted || at + 1 >= x.length) return y[at];
  const share = (wanted - x[at]) / (x[at + 1] - x[at]);
  return y[at] + share * (y[at + 1] - y[at]);
}

function places(members: readonly Member[]): Float64Array {
  const all = new Set<number>();
  for (const member of members) for (const value of member.x) all.add(value);
  const sorted = Float64Array.from(all).sort();
  if (sorted.length <= MOST_PLACES) return sorted;
  const every = (sorted.length - 1) / (MOST_PLACES - 1);
  return Float64Array.from({ length: MOST_PLACES }, (_, at) => sorted[Math.round(at * every)]);
}
