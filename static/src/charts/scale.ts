/** From values to pixels and back. Pure. */

import { tickLabels, ticksOf, type Unit } from './ticks';

export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  readonly unit: Unit;
  /** Not finite where the axis has no place for the value: not-a-number, and what is not above zero on a log axis. */
  at(value: number): number;
  back(pixel: number): number;
  ticks(wanted: number): { at: number; label: string }[];
}

export function scale(low: number, high: number, start: number, end: number, log = false, unit: Unit = 'number'): Scale {
  const place = log ? Math.log10 : (value: number): number => value;
  const first = place(low);
  // Values beyond half of what a double holds would make the difference infinite.
  const span = place(high) - first || 1;
  const factor = (end - start) / span;
  return {
    low,
    high,
    log,
    unit,
    at: (value) => (log && !(value > 0) ? NaN : start + (place(value) - first) * factor),
    back: (pixel) => {
      const value = first + (pixel - start) / factor;
      return log ? 10 ** value : value;
    },
    ticks(wanted) {
      const ticks = ticksOf(unit, log, low, high, wanted);
      const labels = tickLabels(unit, ticks, log);
      return ticks.map((tick, at) => ({ at: tick, label: labels[at] }));
    },
  };
}

/** Some air around what is drawn; an axis of one value gets some to both sides. */
export function padded(low: number, high: number, log: boolean, share: number): [number, number] {
  if (!(low <= high)) return log ? [0.1, 10] : [0, 1];
  if (low === high) {
    if (log) return [low / 2, high * 2];
    const around = Math.abs(low) * 0.1 || 1;
    return [low - around, high + around];
  }
  if (log) {
    const air = (high / low) ** share;
    return [Math.max(low / air, Number.MIN_VALUE), Number.isFinite(high * air) ? high * air : high];
  }
  const air = (high - low) * share;
  return Number.isFinite(air) ? [low - air, high + air] : [low, high];
}
