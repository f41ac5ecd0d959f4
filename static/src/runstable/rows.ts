/**
 * The rows of the table in one line: pinned runs, then all runs or their groups, an open group followed by its runs. Every
 * row has the same height, so a place is a number; only totals are needed to know what stands there.
 */

export interface Section {
  /** "pinned", "" for all runs, or the key of an open group. */
  source: string;
  count: number;
}

export type Place =
  | { kind: 'run'; source: string; index: number }
  | { kind: 'group'; index: number };

interface Stretch {
  start: number;
  count: number;
  place: Place;
}

export class Rows {
  readonly count: number;
  private readonly stretches: Stretch[] = [];

  /** `open` are the groups that are open: their place among the groups, and how many runs each holds. */
  constructor(pinned: number, runs: number | null, groups: number, open: { group: number; source: string; count: number }[]) {
    let start = 0;
    const add = (count: number, place: Place): void => {
      if (count > 0) this.stretches.push({ start, count, place });
      start += Math.max(0, count);
    };
    add(pinned, { kind: 'run', source: 'pinned', index: 0 });
    if (runs !== null) add(runs, { kind: 'run', source: '', index: 0 });
    let done = 0;
    for (const one of [...open].sort((a, b) => a.group - b.group)) {
      if (one.group >= groups) break;
      add(one.group + 1 - done, { kind: 'group', index: done });
      add(one.count, { kind: 'run', source: one.source, index: 0 });
      done = one.group + 1;
    }
    add(groups - done, { kind: 'group', index: done });
    this.count = start;
  }

  at(row: number): Place | null {
    let low = 0;
    let high = this.stretches.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.stretches[middle] as Stretch).start <= row) low = middle + 1;
      else high = middle;
    }
    const found = this.stretches[low - 1];
    if (!found || row < 0 || row >= found.start + found.count) return null;
    return { ...found.place, index: found.place.index + row - found.start };
  }

  /** Where a row of a source stands; null where the source shows no such row. */
  rowOf(source: string, index: number): number | null {
    const found = this.stretches.find(({ place, count }) => place.kind === 'run' && place.source === source && index < count);
    return found ? found.start + index : null;
  }

  rowOfGroup(index: number): number | null {
    const found = this.stretches.find(({ place, count }) => place.kind === 'group' && index >= place.index && index < place.index + count);
    return found ? found.start + index - found.place.index : null;
  }
}
