/** From curves, as the server sent them, to the lines of a chart: smoothed, grouped, named, coloured. Pure. */

import { number } from '../app/format';
import type { ChartRun } from './chart';
import { dashOf, PALETTE } from './colors';
import type { Curve } from './curves';
import { meanOf, type Band } from './grouping';
import type { Line } from './lines';
import { smoothed } from './smooth';
import type { Look } from './state';

export interface Drawn {
  lines: Line[];
  /** What the head of the panel says about them: "" where all is as it was logged. */
  note: string;
}

export interface Grouping {
  of: (run_id: string) => string | null;
  band: Band;
}

export function linesOf(curves: readonly Curve[], runs: readonly ChartRun[], look: Look, grouping: Grouping, keys: readonly string[]): Drawn {
  const place = new Map(runs.map((run, at) => [run.run_id, at]));
  const drawn = curves
    .filter((curve) => curve.x.length && place.has(curve.run_id))
    .sort((one, other) => place.get(one.run_id)! - place.get(other.run_id)! || keys.indexOf(one.key) - keys.indexOf(other.key));
  const single = drawn.map((curve, at): Line => {
    const run = runs[place.get(curve.run_id)!];
    const { x, y: logged } = inOrder(curve);
    const y = smooth({ ...curve, x, y: logged }, look);
    return {
      id: run.run_id,
      key: curve.key,
      name: keys.length > 1 ? `${run.name} · ${curve.key}` : run.name,
      color: run.color,
      dash: dashOf(keys.length > 1 ? keys.indexOf(curve.key) : at, drawn.length),
      x,
      y,
      original: look.original && y !== logged ? logged : null,
      band: null,
    };
  });
  const isGrouped = drawn.some((curve) => grouping.of(curve.run_id) !== null);
  return { lines: isGrouped ? groupLines(single, runs, grouping, keys) : single, note: noteOf(drawn, look) };
}

/** Over another metric values come in the order of steps; a line over an axis goes from left to right. */
function inOrder({ x, y }: Curve): { x: Float64Array; y: Float64Array } {
  if (x.every((value, at) => !at || value >= x[at - 1])) return { x, y };
  const order = Array.from(x.keys()).sort((one, other) => x[one] - x[other]);
  return { x: Float64Array.from(order, (at) => x[at]), y: Float64Array.from(order, (at) => y[at]) };
}

function smooth(curve: Curve, look: Look): Float64Array {
  const span = curve.x.length ? curve.x[curve.x.length - 1] - curve.x[0] : 0;
  return smoothed(curve.x, curve.y, { smoother: look.smoother, smoothing: look.smoothing, stride: curve.count / Math.max(1, curve.x.length), span });
}

function groupLines(single: readonly Line[], runs: readonly ChartRun[], grouping: Grouping, keys: readonly string[]): Line[] {
  // By the values of all runs, so that a group has one colour in every chart, and the first ten have different ones.
  const values = [...new Set(runs.map((run) => grouping.of(run.run_id) ?? ''))].sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
  const groups = new Map<string, Line[]>();
  for (const line of single) {
    const name = JSON.stringify([grouping.of(line.id) ?? '', line.key]);
    groups.set(name, [...(groups.get(name) ?? []), line]);
  }
  const named = [...groups].map(([name, members]) => ({ of: JSON.parse(name) as [string, string], members }));
  named.sort((one, other) => values.indexOf(one.of[0]) - values.indexOf(other.of[0]));
  return named.map(({ of: [value, key], members }, at) => {
    const { x, mean, low, high } = meanOf(members, grouping.band);
    const title = `${value || 'none'} (${number(members.length)} ${members.length === 1 ? 'run' : 'runs'})`;
    return {
      id: `group:${value}`,
      key,
      name: keys.length > 1 ? `${title} · ${key}` : title,
      color: PALETTE[values.indexOf(value) % PALETTE.length],
      dash: dashOf(at, groups.size),
      x,
      y: mean,
      original: null,
      band: members.length > 1 ? { low, high } : null,
      members: new Set(members.map((line) => line.id)),
    };
  });
}

function noteOf(curves: readonly Curve[], look: Look): string {
  const parts: string[] = [];
  const reduced = curves.filter((curve) => !curve.exact);
  if (reduced.length) {
    const count = reduced.reduce((sum, curve) => sum + curve.count, 0);
    parts.push(`${number(count)} points, extremes kept${look.smoothing ? ' and smoothed' : ''}; zoom for all`);
  }
  const notFinite = curves.reduce((sum, curve) => sum + curve.notFinite, 0);
  if (notFinite) parts.push(`${number(notFinite)} not finite`);
  const lost = (log: boolean, axis: 'x' | 'y'): void => {
    if (!log) return;
    const count = curves.reduce((sum, curve) => sum + curve[axis].reduce((lost, value) => lost + (value <= 0 ? 1 : 0), 0), 0);
    if (count) parts.push(`${number(count)} ${axis === 'x' ? 'at' : 'with'} ${axis} ≤ 0 not on the log axis`);
  };
  lost(look.logX, 'x');
  lost(look.logY, 'y');
  return parts.join(' · ');
}
