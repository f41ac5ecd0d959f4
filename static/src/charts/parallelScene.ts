/** The picture of parallel coordinates: an axis for each field, a line for each run. No DOM. */

import { number } from '../app/format';
import type { ChartRun } from './chart';
import { fieldTitle, type Value } from './fields';
import { cut } from './frame';
import type { Ink, Size } from './ink';
import { scale } from './scale';
import { colorIn, ramp } from './scatter';
import type { ParallelAxis } from './state';
import type { Theme } from './theme';
import { valueAxis, type ValueAxis } from './valueAxis';

export interface Column {
  field: string;
  title: string;
  axis: ValueAxis;
  set: ParallelAxis;
}

export interface ParallelScene {
  columns: Column[];
  lines: { run: ChartRun; places: number[]; color: string; dash: readonly number[]; values: (Value | undefined)[] }[];
  color: ValueAxis | null;
  colorTitle: string;
}

export const HEAD = 34;
const FOOT = 30;
const SIDE = 70;
const EDGE = 64;

export function parallelScene(runs: readonly ChartRun[], values: Map<string, Value[]>, fields: readonly string[], color: string, axes: Record<string, ParallelAxis>): ParallelScene {
  const asked = [...fields, ...(color ? [color] : [])];
  const of = (run: ChartRun, at: number): Value | undefined => values.get(run.run_id)?.[at];
  const there = runs.filter((run) => values.has(run.run_id));
  const columns = fields.map((field, at): Column => {
    const set = axes[field] ?? {};
    return { field, title: fieldTitle(field), set, axis: valueAxis(field, there.map((run) => of(run, at)), { log: set.log, air: 0 }) };
  });
  const shade = color ? valueAxis(color, there.map((run) => of(run, fields.length)), { air: 0, log: false }) : null;
  const lines = there.map((run) => ({
    run,
    places: columns.map((column, at) => column.axis.place(of(run, at))),
    color: shade ? colorIn(shade, of(run, fields.length)) : run.color,
    dash: [],
    values: asked.map((_, at) => of(run, at)),
  }));
  return { columns, lines, color: shade, colorTitle: color ? fieldTitle(color) : '' };
}

/** Whether a line lies in all brushed ranges. */
export function isKept(scene: ParallelScene, line: ParallelScene['lines'][number]): boolean {
  return scene.columns.every(({ set: { range } }, at) => !range || (line.places[at] >= range[0] && line.places[at] <= range[1]));
}

export interface ParallelFrame {
  top: number;
  bottom: number;
  right: number;
  x: number[];
  y: ((place: number) => number)[];
  back: ((pixel: number) => number)[];
  none: number;
}

export function parallelFrame(size: Size, scene: ParallelScene): ParallelFrame {
  const right = size.width - EDGE - (scene.color?.isNumber ? SIDE - 20 : 0);
  const [top, bottom] = [HEAD + 6, size.height - FOOT];
  const count = scene.columns.length;
  const x = scene.columns.map((_, at) => (count < 2 ? size.width / 2 : EDGE + ((right - EDGE) * at) / (count - 1)));
  const scales = scene.columns.map(({ axis, set }) => (set.flip ? scale(axis.low, axis.high, top, bottom, axis.log) : scale(axis.low, axis.high, bottom, top, axis.log)));
  const none = bottom + 14;
  // Runs without a value pass below the axis, so that no line is cut and none is made up.
  return { top, bottom, right: size.width - SIDE, x, none, y: scales.map((one) => (place) => (Number.isNaN(place) ? none : one.at(place))), back: scales.map((one) => one.back) };
}

export function paintParallel(ink: Ink, frame: ParallelFrame, theme: Theme, scene: ParallelScene, heads: boolean): void {
  const brushed = scene.columns.some((column) => column.set.range);
  const out = brushed ? scene.lines.filter((line) => !isKept(scene, line)) : [];
  const kept = brushed ? scene.lines.filter((line) => isKept(scene, line)) : scene.lines;
  ink.lineJoin = 'bevel';
  ink.setLineDash([]);
  ink.lineWidth = 1;
  ink.globalAlpha = 0.35;
  for (const line of out) stroke(ink, frame, line.places, theme.grid);
  ink.globalAlpha = kept.length > 200 ? 0.4 : kept.length > 50 ? 0.6 : 0.85;
  ink.lineWidth = kept.length > 100 ? 1 : 1.5;
  for (const line of kept) stroke(ink, frame, line.places, line.color);
  ink.globalAlpha = 1;
  scene.columns.forEach((column, at) => paintAxis(ink, frame, theme, column, at, heads));
  if (scene.color?.isNumber) ramp(ink, { top: frame.top, bottom: frame.bottom, right: frame.right }, theme, scene.color);
}

export function paintChosen(ink: Ink, frame: ParallelFrame, theme: Theme, scene: ParallelScene, id: string, size: Size): void {
  const line = scene.lines.find((one) => one.run.run_id === id);
  if (!line) return;
  ink.globalAlpha = 0.65;
  ink.fillStyle = theme.ground;
  ink.fillRect(0, HEAD, frame.right, size.height - HEAD);
  ink.globalAlpha = 1;
  ink.lineWidth = 3;
  ink.lineJoin = 'bevel';
  stroke(ink, frame, line.places, line.color);
  scene.columns.forEach((column, at) => {
    paintAxis(ink, frame, theme, column, at, false);
    label(ink, theme, frame.x[at] + 6, frame.y[at](line.places[at]), Number.isNaN(line.places[at]) ? 'none' : column.axis.text(line.places[at]));
  });
}

function stroke(ink: Ink, frame: ParallelFrame, places: readonly number[], color: string): void {
  ink.strokeStyle = color;
  ink.beginPath();
  places.forEach((place, at) => (at ? ink.lineTo(frame.x[at], frame.y[at](place)) : ink.moveTo(frame.x[at], frame.y[at](place))));
  ink.stroke();
}

function paintAxis(ink: Ink, frame: ParallelFrame, theme: Theme, { axis, set, title }: Column, at: number, head: boolean): void {
  const x = Math.round(frame.x[at]) + 0.5;
  ink.strokeStyle = theme.axis;
  ink.lineWidth = 1;
  ink.beginPath();
  ink.moveTo(x, frame.top);
  ink.lineTo(x, frame.bottom);
  ink.stroke();
  ink.font = theme.font;
  ink.textBaseline = 'middle';
  ink.textAlign = 'right';
  for (const tick of axis.ticks(Math.max(2, Math.min(axis.isNumber ? 10 : 60, Math.floor((frame.bottom - frame.top) / (axis.isNumber ? 34 : 15)))))) {
    const y = frame.y[at](tick.at);
    if (!(y >= frame.top - 1 && y <= frame.bottom + 1)) continue;
    label(ink, theme, x - 5, y, cut(ink, tick.label, 58), true);
  }
  if (set.range) {
    const [from, to] = set.range.map((place) => Math.max(frame.top, Math.min(frame.bottom, frame.y[at](place)))).sort((a, b) => a - b);
    ink.globalAlpha = 0.35;
    ink.fillStyle = '#3b82f6';
    ink.fillRect(x - 6, from, 12, to - from);
    ink.globalAlpha = 1;
    ink.strokeStyle = '#3b82f6';
    ink.strokeRect(x - 6, from, 12, to - from);
  }
  if (!head) return;
  const room = frame.x.length > 1 ? frame.x[1] - frame.x[0] - 8 : 200;
  ink.fillStyle = theme.ink;
  ink.textAlign = 'center';
  ink.fillText(cut(ink, title + (axis.log ? ' (log)' : '') + (set.flip ? ' ↓' : ''), room), x, HEAD / 2);
}

/** A text on a patch of the ground: lines run behind it. */
function label(ink: Ink, theme: Theme, x: number, y: number, text: string, left = false): void {
  ink.font = theme.font;
  const width = ink.measureText(text).width;
  ink.globalAlpha = 0.75;
  ink.fillStyle = theme.ground;
  ink.fillRect(left ? x - width - 1 : x - 1, y - 7, width + 2, 14);
  ink.globalAlpha = 1;
  ink.fillStyle = theme.ink;
  ink.textBaseline = 'middle';
  ink.textAlign = left ? 'right' : 'left';
  ink.fillText(text, x, y);
}

export function noteOf(scene: ParallelScene): string {
  const brushed = scene.columns.some((column) => column.set.range);
  const kept = brushed ? scene.lines.filter((line) => isKept(scene, line)).length : 0;
  const without = scene.lines.filter((line) => line.places.some(Number.isNaN)).length;
  return [
    scene.colorTitle && `colour: ${scene.colorTitle}`,
    brushed && `${number(kept)} of ${number(scene.lines.length)} runs brushed`,
    without && `${number(without)} pass below an axis that they have no value for`,
    !brushed && 'drag along an axis to choose runs',
  ]
    .filter(Boolean)
    .join(' · ');
}
