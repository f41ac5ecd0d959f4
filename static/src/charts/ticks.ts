/** Where the marks of an axis stand and what they say. Pure. */

import { number } from '../app/format';

/** What an axis counts: plain numbers, milliseconds since 1970, or seconds since a start. */
export type Unit = 'number' | 'time' | 'seconds';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TIME_STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE,
  15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY, 365 * DAY,
]; // prettier-ignore
const CLOCK_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800];

/** Round numbers between `low` and `high`, about `wanted` of them. */
export function linearTicks(low: number, high: number, wanted: number): number[] {
  if (!(high > low) || !Number.isFinite(high - low)) return [low];
  return multiples(low, high, niceStep((high - low) / Math.max(1, wanted)));
}

export function logTicks(low: number, high: number, wanted: number): number[] {
  if (!(low > 0) || !(high > low)) return [low];
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const decades = Math.log10(high / low);
  // Within a decade and a half powers of ten say nothing: the numbers of a linear axis do.
  if (decades < 1.2) return linearTicks(low, high, wanted).filter((tick) => tick > 0);
  const every = Math.max(1, Math.ceil(decades / Math.max(1, wanted)));
  const between = decades * 3 <= wanted * 1.5 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = Math.ceil(first / every) * every; power <= last; power += every) {
    for (const digit of between) {
      const tick = Number(`${digit}e${power}`);
      if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) ticks.push(tick);
    }
  }
  return ticks;
}

/** Full hours, days and so on of the clock on the wall here. */
export function timeTicks(low: number, high: number, wanted: number): number[] {
  if (!(high > low)) return [low];
  const step = TIME_STEPS.find((size) => (high - low) / size <= wanted) ?? niceStep((high - low) / wanted / (365 * DAY)) * 365 * DAY;
  const shift = step >= HOUR ? new Date(low).getTimezoneOffset() * MINUTE : 0;
  return multiples(low - shift, high - shift, step).map((tick) => tick + shift);
}

export function secondTicks(low: number, high: number, wanted: number): number[] {
  if (!(high > low)) return [low];
  const span = high - low;
  if (span < 5) return linearTicks(low, high, wanted);
  const step = CLOCK_STEPS.find((size) => span / size <= wanted);
  return multiples(low, high, step ?? niceStep(span / wanted / 86400) * 86400);
}

export function ticksOf(unit: Unit, log: boolean, low: number, high: number, wanted: number): number[] {
  if (log) return logTicks(low, high, wanted);
  if (unit === 'time') return timeTicks(low, high, wanted);
  if (unit === 'seconds') return secondTicks(low, high, wanted);
  return linearTicks(low, high, wanted);
}

/** Labels that can be told apart: as many digits as the step between ticks asks for. */
export function tickLabels(unit: Unit, ticks: readonly number[], log = false): string[] {
  if (log) return ticks.map((tick) => (unit === 'number' ? withSuffix(tick, tick, tick / 10) : unit === 'seconds' ? secondsLabel(tick, tick) : valueText(unit, tick)));
  const step = ticks.length > 1 ? Math.abs(ticks[1] - ticks[0]) : 0;
  if (unit === 'time') return ticks.map((tick, at) => timeLabel(tick, step, at ? ticks[at - 1] : null));
  if (unit === 'seconds') return ticks.map((tick) => secondsLabel(tick, step));
  const largest = Math.max(...ticks.map(Math.abs));
  return ticks.map((tick) => withSuffix(tick, largest, step));
}

/** 9k beside 10k, not 9000: in the unit of the largest. */
function withSuffix(tick: number, largest: number, step: number): string {
  const [size, sign] = largest >= 1e4 && largest < 1e15 && step >= 100 ? (SUFFIXES.find(([unit]) => largest >= unit) ?? [1, '']) : [1, ''];
  if (size === 1 || tick === 0) return plainLabel(tick, step);
  return `${trimmed(tick / size, Math.max(0, Math.ceil(-Math.log10(step / size) - 1e-9)))}${sign}`;
}

const SUFFIXES: readonly (readonly [number, string])[] = [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k']]; // prettier-ignore

function plainLabel(value: number, step: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e15 || size < 1e-4) return value.toExponential(digitsBetween(size, step)).replace('e+', 'e').replace(/\.?0+e/, 'e');
  const decimals = step > 0 ? Math.max(0, Math.min(12, Math.ceil(-Math.log10(step) - 1e-9))) : 6;
  return trimmed(value, decimals);
}

function digitsBetween(size: number, step: number): number {
  return step > 0 ? Math.max(0, Math.min(12, Math.ceil(Math.log10(size) - Math.log10(step)))) : 2;
}

function trimmed(value: number, decimals: number): string {
  const text = value.toFixed(Math.min(decimals, 20));
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function timeLabel(ms: number, step: number, before: number | null): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return number(ms);
  const clock = date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', second: step < MINUTE ? '2-digit' : undefined });
  const day = date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: step >= 90 * DAY ? 'numeric' : undefined });
  if (step >= DAY) return day;
  if (step < SECOND) return `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`;
  const isNewDay = before === null || new Date(before).toDateString() !== date.toDateString();
  return isNewDay ? `${day} ${clock}` : clock;
}

function secondsLabel(seconds: number, step: number): string {
  const size = Math.abs(seconds);
  if (size === 0) return '0';
  if (step >= 86400 || size >= 30 * 86400) return `${trimmed(seconds / 86400, 1)} d`;
  if (step >= 3600 || (size >= 3600 && step >= 900)) return `${trimmed(seconds / 3600, 2)} h`;
  if (step >= 60) return `${trimmed(seconds / 60, 1)} min`;
  if (size >= 60 && step >= 1) return clock(Math.round(seconds));
  return `${plainLabel(seconds, step)} s`;
}

/** 2:05 · 1:02:05 */
function clock(seconds: number): string {
  const whole = Math.abs(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${seconds < 0 ? '-' : ''}${hours ? `${hours}:${two(minutes)}` : minutes}:${two(rest)}`;
}

/** One value in full: what a tooltip says. */
export function valueText(unit: Unit, value: number): string {
  if (unit === 'time') {
    const date = new Date(value);
    return Number.isNaN(date.getTime()) ? number(value) : date.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
  }
  if (unit === 'seconds') return secondsLabel(value, Math.abs(value) < 120 ? 0.01 : 1);
  return number(value);
}

/** 1, 2 or 5 times a power of ten, the one nearest to `rough`. */
function niceStep(rough: number): number {
  const power = Math.floor(Math.log10(rough));
  const digit = rough / 10 ** power;
  const nice = digit < 1.5 ? 1 : digit < 3.2 ? 2 : digit < 7.1 ? 5 : 10;
  return Number(`${nice}e${power}`);
}

function multiples(low: number, high: number, step: number): number[] {
  const ticks: number[] = [];
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // A step of 1e-3 has no exact double: dividing by its inverse keeps 0.3 from being 0.30000000000000004.
  const inverse = step < 1 ? Math.round(1 / step) : 0;
  for (let at = first; at <= last && ticks.length < 200; at += 1) ticks.push((inverse ? at / inverse : at * step) + 0);
  return ticks;
}
