/** Two fields of each run against each other, a third as colour, a fourth as size. */

import { number } from '../app/format';
import type { Chart, ChartRun, Place, Words } from './chart';
import { PALETTE, rampAt } from './colors';
import { fieldTitle, type Value } from './fields';
import { clipped, cut, frameOf, paintFrame, type Axis } from './frame';
import type { Ink, Size } from './ink';
import type { KindOptions } from './kinds';
import { dot } from './lines';
import { nearestMark, readFields, sceneChart, type Mark, type Picture, type Scene } from './sceneChart';
import type { Theme } from './theme';
import { valueAxis, type ValueAxis } from './valueAxis';

interface Dot {
  run: ChartRun;
  x: number;
  y: number;
  color: string;
  radius: number;
  values: (Value | undefined)[];
}

export function scatter(place: Place, words: Words, o: KindOptions): Chart {
  const names = (): string[] => ['x', 'y', 'color', 'size'].map((name) => o.added()?.fields[name] ?? '');
  return sceneChart(place, words, {
    read: readFields(place, names),
    build(values, runs) {
      const [x, y] = names();
      if (!x || !y) return 'Choose what stands on both axes in the settings of this chart.';
      return sceneOf(runs, values, names(), { x: o.added()?.axes.x?.log, y: o.added()?.axes.y?.log });
    },
  });
}

function sceneOf(runs: readonly ChartRun[], values: Map<string, Value[]>, names: string[], log: { x?: boolean; y?: boolean }): Scene | string {
  const asked = names.filter(Boolean);
  const of = (run: ChartRun, name: string): Value | undefined => (name ? values.get(run.run_id)?.[asked.indexOf(name)] : undefined);
  const column = (name: string): (Value | undefined)[] => runs.map((run) => of(run, name));
  const [xName, yName, colorName, sizeName] = names;
  const x = valueAxis(xName, column(xName), { log: log.x });
  const y = valueAxis(yName, column(yName), { log: log.y });
  const color = colorName ? valueAxis(colorName, column(colorName), { air: 0, log: false }) : null;
  const size = sizeName ? valueAxis(sizeName, column(sizeName), { air: 0, log: false }) : null;
  const dots = runs.flatMap((run): Dot[] => {
    const [px, py] = [x.place(of(run, xName)), y.place(of(run, yName))];
    if (Number.isNaN(px) || Number.isNaN(py)) return [];
    return [{ run, x: px, y: py, color: color ? colorIn(color, of(run, colorName)) : run.color, radius: size ? radiusIn(size, of(run, sizeName)) : 5, values: asked.map((name) => of(run, name)) }];
  });
  const titles = asked.map(fieldTitle);
  const without = runs.length - dots.length;
  if (!dots.length) return `No drawn run has both ${fieldTitle(xName)} and ${fieldTitle(yName)}.`;
  const byId = new Map(dots.map((one) => [one.run.run_id, one]));
  return {
    label: `${fieldTitle(yName)} against ${fieldTitle(xName)} of ${number(dots.length)} runs. Arrow keys walk through the runs.`,
    note: [color ? `colour: ${fieldTitle(colorName)}` : '', size ? `size: ${fieldTitle(sizeName)}` : '', without ? `${number(without)} runs have no place on both axes` : ''].filter(Boolean).join(' · '),
    table: { columns: ['Run', 'Run id', ...titles], rows: dots.map((one) => [one.run.name, one.run.run_id, ...one.values]) },
    legend: () => (color && !color.isNumber ? color.texts.map((text) => ({ name: text, color: colorIn(color, text), dash: [] })) : []),
    picture: (ink, area, theme) => scatterPicture(ink, area, theme, dots, x, y, color, [fieldTitle(xName), fieldTitle(yName)]),
    tip(id) {
      const one = byId.get(id);
      return { head: one?.run.name ?? id, rows: asked.map((_, at) => ({ name: titles[at], value: valueOf(one?.values[at]) })) };
    },
  };
}

export function valueOf(value: Value | undefined): string {
  return typeof value === 'number' ? number(value) : (value ?? '–');
}

export function colorIn(axis: ValueAxis, value: Value | undefined): string {
  const place = axis.place(value);
  if (Number.isNaN(place)) return '#8a94a0';
  if (axis.isNumber) return rampAt(axis.high > axis.low ? (place - axis.low) / (axis.high - axis.low) : 0.5);
  return PALETTE[place % PALETTE.length];
}

function radiusIn(axis: ValueAxis, value: Value | undefined): number {
  const place = axis.place(value);
  // By area, as eyes compare it.
  return Number.isNaN(place) ? 3 : 3 + 8 * Math.sqrt(axis.high > axis.low ? Math.max(0, (place - axis.low) / (axis.high - axis.low)) : 0.3);
}

const SIDE = 58;

function scatterPicture(ink: Ink, size: Size, theme: Theme, dots: readonly Dot[], x: ValueAxis, y: ValueAxis, color: ValueAxis | null, titles: [string, string]): Picture {
  const room = { width: size.width - (color?.isNumber ? SIDE : 0), height: size.height };
  const frame = frameOf(ink, room, theme, axisOf(x, titles[0]), axisOf(y, titles[1]));
  const marks = dots.map((one): Mark => ({ id: one.run.run_id, x: frame.x.at(one.x), y: frame.y.at(one.y) }));
  const one = (on: Ink, at: number, more: number): void => {
    dot(on, marks[at].x, marks[at].y, dots[at].radius + more + 1, theme.ground);
    dot(on, marks[at].x, marks[at].y, dots[at].radius + more, dots[at].color);
  };
  return {
    marks,
    paint(on) {
      paintFrame(on, frame, theme);
      on.globalAlpha = dots.length > 300 ? 0.6 : 0.9;
      clipped(on, frame, () => dots.forEach((_, at) => one(on, at, 0)));
      on.globalAlpha = 1;
      if (color?.isNumber) ramp(on, frame, theme, color);
    },
    point(on, _, id) {
      on.globalAlpha = 0.6;
      on.fillStyle = theme.ground;
      on.fillRect(frame.left + 1, frame.top - 4, frame.right - frame.left, frame.bottom - frame.top + 3);
      on.globalAlpha = 1;
      one(on, marks.findIndex((mark) => mark.id === id), 3);
    },
    hit: (px, py) => nearestMark(marks, px, py, 16),
  };
}

export function axisOf(axis: ValueAxis, title: string): Axis {
  return { low: axis.low, high: axis.high, log: axis.log, unit: axis.unit, title, ...(!axis.isNumber && { ticks: axis.ticks }) };
}

/** Which colour is how much. */
export function ramp(ink: Ink, frame: { top: number; right: number; bottom: number }, theme: Theme, axis: ValueAxis): void {
  const left = frame.right + 12;
  const height = frame.bottom - frame.top;
  for (let at = 0; at < 40; at += 1) {
    ink.fillStyle = rampAt(1 - at / 39);
    ink.fillRect(left, frame.top + (at * height) / 40, 8, height / 40 + 0.6);
  }
  ink.font = theme.font;
  ink.fillStyle = theme.faint;
  ink.textAlign = 'left';
  ink.textBaseline = 'middle';
  for (const tick of axis.ticks(Math.max(2, Math.min(8, Math.floor(height / 40))))) {
    const y = frame.bottom - ((tick.at - axis.low) / (axis.high - axis.low || 1)) * height;
    if (y >= frame.top - 1 && y <= frame.bottom + 1) ink.fillText(cut(ink, tick.label, 36), left + 11, y);
  }
}
