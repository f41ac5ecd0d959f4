/** How a value spreads for each value of a parameter: boxes from quarter to three quarters, and every run as a dot. */

import { number } from '../app/format';
import type { Chart, ChartRun, Place, Words } from './chart';
import { fieldTitle, numeric, type Value } from './fields';
import { crisp, frameOf, paintFrame } from './frame';
import type { Ink, Size } from './ink';
import type { KindOptions } from './kinds';
import { dot } from './lines';
import { nearestMark, readFields, sceneChart, type Mark, type Picture, type Scene } from './sceneChart';
import type { Theme } from './theme';
import { axisOf } from './scatter';
import { valueAxis, type ValueAxis } from './valueAxis';

interface Member {
  run: ChartRun;
  value: number;
}

export interface Box {
  name: string;
  members: Member[];
  low: number;
  quarter: number;
  median: number;
  threeQuarters: number;
  high: number;
}

/** Numbers of more different values than this are put together in stretches of equally many runs. */
const MOST_BOXES = 12;
const STRETCHES = 5;

export function boxes(place: Place, words: Words, o: KindOptions): Chart {
  const names = (): string[] => [o.added()?.fields.metric ?? '', o.added()?.fields.by ?? ''];
  return sceneChart(place, words, {
    read: readFields(place, names),
    build(values, runs) {
      const [metric, by] = names();
      if (!metric || !by) return 'Choose a value, and what it is to be told apart by, in the settings of this chart.';
      return sceneOf(runs, values, metric, by);
    },
  });
}

function sceneOf(runs: readonly ChartRun[], values: Map<string, Value[]>, metric: string, by: string): Scene | string {
  const column = metric === by ? 0 : 1;
  const members = runs.map((run) => ({ run, value: numeric(values.get(run.run_id)?.[0]), group: values.get(run.run_id)?.[column] ?? null }));
  const measured = members.filter((one) => Number.isFinite(one.value));
  if (!measured.length) return `The drawn runs have no number in ${fieldTitle(metric)}.`;
  const all = boxesOf(measured, by);
  const title = `${fieldTitle(metric)} by ${fieldTitle(by)}`;
  const byId = new Map(measured.map((one) => [one.run.run_id, one]));
  const without = members.length - measured.length;
  return {
    label: `${title}. ${all.slice(0, 6).map((box) => `${box.name}: median ${number(box.median)} of ${number(box.members.length)} runs`).join('; ')}. Arrow keys walk through the runs.`,
    note: ['median, quarters, and what lies within 1.5 times their distance', without ? `${number(without)} runs have no number` : ''].filter(Boolean).join(' · '),
    table: {
      columns: [fieldTitle(by), 'Runs', 'Lower whisker', 'Lower quarter', 'Median', 'Upper quarter', 'Upper whisker'],
      rows: all.map((box) => [box.name, box.members.length, box.low, box.quarter, box.median, box.threeQuarters, box.high]),
    },
    picture: (ink, size, theme) => boxPicture(ink, size, theme, all, [fieldTitle(by), fieldTitle(metric)], metric),
    tip(id) {
      const one = byId.get(id);
      return { head: one?.run.name ?? id, rows: [{ name: fieldTitle(metric), value: number(one?.value) }, { name: fieldTitle(by), value: one?.group === null ? 'none' : String(one?.group) }] };
    },
  };
}

export function boxesOf(members: readonly (Member & { group: Value })[], by: string): Box[] {
  const axis = valueAxis(by, members.map((one) => one.group));
  const groups = new Map<string, Member[]>();
  const different = new Set(members.map((one) => String(one.group)));
  const nameOf = axis.isNumber && different.size > MOST_BOXES ? stretches(members, axis) : (group: Value): string => (group === null || group === '' ? 'none' : String(group));
  for (const one of members) {
    const name = nameOf(one.group);
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  const order = (name: string): number => (name === 'none' ? Infinity : axis.isNumber ? Number.parseFloat(name.replaceAll(',', '')) : axis.place(name));
  return [...groups].map(([name, list]) => boxOf(name, list)).sort((one, other) => order(one.name) - order(other.name));
}

/** Names of stretches of a number that hold equally many runs. */
function stretches(members: readonly { group: Value }[], axis: ValueAxis): (group: Value) => string {
  const sorted = members.map((one) => axis.place(one.group)).filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const ends = [...new Set(Array.from({ length: STRETCHES }, (_, at) => sorted[Math.ceil(((at + 1) * sorted.length) / STRETCHES) - 1]))];
  const text = (value: number): string => number(Number(value.toPrecision(2)));
  return (group) => {
    const value = axis.place(group);
    const at = ends.findIndex((end) => value <= end);
    return at < 0 ? 'none' : `${text(at ? ends[at - 1] : sorted[0])} – ${text(ends[at])}`;
  };
}

export function boxOf(name: string, members: Member[]): Box {
  const sorted = members.map((one) => one.value).sort((a, b) => a - b);
  const quarter = quantile(sorted, 0.25);
  const threeQuarters = quantile(sorted, 0.75);
  const reach = 1.5 * (threeQuarters - quarter);
  const low = sorted.find((value) => value >= quarter - reach) ?? sorted[0];
  const high = sorted.findLast((value) => value <= threeQuarters + reach) ?? sorted[sorted.length - 1];
  return { name, members, low, quarter, median: quantile(sorted, 0.5), threeQuarters, high };
}

/** As NumPy and R (type 7) do it: a straight line between the two nearest. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const low = Math.floor(place);
  const next = sorted[Math.min(low + 1, sorted.length - 1)];
  return sorted[low] + (next - sorted[low]) * (place - low);
}

function boxPicture(ink: Ink, size: Size, theme: Theme, all: readonly Box[], titles: [string, string], metric: string): Picture {
  const y = valueAxis(metric, all.flatMap((box) => box.members.map((one) => one.value)), { air: 0.06, log: false });
  const names = { low: -0.5, high: Math.max(0.5, all.length - 0.5), log: false, unit: 'number' as const, title: titles[0], ticks: () => all.map((box, at) => ({ at, label: box.name })) };
  const frame = frameOf(ink, size, theme, names, axisOf(y, titles[1]));
  const room = (frame.right - frame.left) / Math.max(1, all.length);
  const half = Math.min(28, room * 0.32);
  const marks = all.flatMap((box, at) => box.members.map((one, place): Mark & { color: string } => ({ id: one.run.run_id, x: frame.x.at(at) + spread(place) * half * 0.8, y: frame.y.at(one.value), color: one.run.color })));
  return {
    marks,
    paint(on) {
      paintFrame(on, frame, theme);
      on.strokeStyle = theme.ink;
      on.lineWidth = 1.25;
      all.forEach((box, at) => {
        const x = crisp(frame.x.at(at));
        const [low, quarter, median, three, high] = [box.low, box.quarter, box.median, box.threeQuarters, box.high].map((value) => crisp(frame.y.at(value)));
        on.fillStyle = theme.grid;
        on.fillRect(x - half, three, 2 * half, Math.max(1, quarter - three));
        on.strokeRect(x - half, three, 2 * half, Math.max(1, quarter - three));
        on.beginPath();
        on.moveTo(x, three);
        on.lineTo(x, high);
        on.moveTo(x, quarter);
        on.lineTo(x, low);
        for (const end of [low, high]) {
          on.moveTo(x - half / 2, end);
          on.lineTo(x + half / 2, end);
        }
        on.stroke();
        on.lineWidth = 2.5;
        on.beginPath();
        on.moveTo(x - half, median);
        on.lineTo(x + half, median);
        on.stroke();
        on.lineWidth = 1.25;
      });
      for (const mark of marks) dot(on, mark.x, mark.y, marks.length > 200 ? 2 : 3, mark.color);
    },
    point(on, _, id) {
      on.globalAlpha = 0.6;
      on.fillStyle = theme.ground;
      on.fillRect(frame.left + 1, frame.top - 4, frame.right - frame.left, frame.bottom - frame.top + 3);
      on.globalAlpha = 1;
      for (const mark of marks.filter((one) => one.id === id)) dot(on, mark.x, mark.y, 6, mark.color);
    },
    hit: (px, py) => nearestMark(marks, px, py, 14),
  };
}

/** Dots of one box side by side, the same way each time: the golden ratio fills a stretch evenly. */
function spread(place: number): number {
  return ((place * 0.618034) % 1) * 2 - 1;
}
