/** An axis for whatever runs have in a field: numbers on a scale, texts side by side. Pure. */

import { number } from '../app/format';
import { valuesOf } from '../runstable/fields';
import { numeric, type Value } from './fields';
import { padded, scale } from './scale';
import type { Unit } from './ticks';
import { valueText } from './ticks';

export interface ValueAxis {
  isNumber: boolean;
  unit: Unit;
  /** Of texts: each once, in order. */
  texts: string[];
  low: number;
  high: number;
  log: boolean;
  /** The value as a number of this axis; not-a-number where it has no place. */
  place(value: Value | undefined): number;
  text(place: number): string;
  ticks(wanted: number): { at: number; label: string }[];
}

/** `log` undefined: as the values ask for. */
export function valueAxis(field: string, values: readonly (Value | undefined)[], o: { log?: boolean; air?: number } = {}): ValueAxis {
  const kind = valuesOf(field);
  const isMoment = kind === 'moment';
  const there = values.filter((value): value is string | number => value !== null && value !== undefined && value !== '');
  const asNumber = (value: Value | undefined): number => (isMoment && typeof value === 'string' ? Date.parse(value) : numeric(value));
  const numbers = there.map(asNumber);
  // One text among the numbers makes it a list of texts: leaving the text out would be a lie.
  const isNumber = there.length > 0 && numbers.every((value, at) => !Number.isNaN(value) || there[at] === 'NaN');
  if (!isNumber) return textAxis(there.map(String));
  const log = o.log ?? isWide(numbers);
  const finite = numbers.filter((value) => Number.isFinite(value) && (!log || value > 0));
  const [low, high] = padded(finite.reduce((a, b) => Math.min(a, b), Infinity), finite.reduce((a, b) => Math.max(a, b), -Infinity), log, o.air ?? 0.04);
  const unit: Unit = isMoment ? 'time' : kind === 'seconds' ? 'seconds' : 'number';
  return {
    isNumber: true,
    unit,
    texts: [],
    low,
    high,
    log,
    place(value) {
      const found = asNumber(value);
      return Number.isFinite(found) && (!log || found > 0) ? found : NaN;
    },
    text: (place) => (unit === 'number' ? number(place) : valueText(unit, place)),
    ticks(wanted) {
      // Of 2, 4 and 8 layers there are no 5.5.
      const different = [...new Set(finite)].sort((a, b) => a - b);
      if (unit === 'number' && different.length > 1 && different.length <= Math.min(8, wanted) && apart(different, low, high, log, wanted)) {
        return different.map((at) => ({ at, label: number(at) }));
      }
      return scale(low, high, 0, 1, log, unit).ticks(wanted);
    },
  };
}

/** Whether labels at these places would not lie on one another. */
function apart(places: readonly number[], low: number, high: number, log: boolean, wanted: number): boolean {
  const { at } = scale(low, high, 0, 1, log);
  return places.every((place, index) => !index || at(place) - at(places[index - 1]) > 0.45 / wanted);
}

/** Learning rates and the like: above zero, over decades, most of them in a corner of a linear axis. */
function isWide(numbers: readonly number[]): boolean {
  const finite = numbers.filter(Number.isFinite);
  if (finite.length < 3 || finite.some((value) => value <= 0)) return false;
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return high / low > 300;
}

function textAxis(given: string[]): ValueAxis {
  const texts = [...new Set(given)].sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
  const places = new Map(texts.map((text, at) => [text, at]));
  return {
    isNumber: false,
    unit: 'number',
    texts,
    low: -0.5,
    high: Math.max(0.5, texts.length - 0.5),
    log: false,
    place: (value) => (value === null || value === undefined ? NaN : (places.get(String(value)) ?? NaN)),
    text: (place) => texts[Math.round(place)] ?? '',
    ticks(wanted) {
      const every = Math.max(1, Math.ceil(texts.length / Math.max(1, wanted)));
      return texts.flatMap((text, at) => (at % every ? [] : [{ at, label: text }]));
    },
  };
}
