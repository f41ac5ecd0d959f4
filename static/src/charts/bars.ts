/** One value of each run as bars, the best first. */

import { number } from '../app/format';
import { fieldOf } from '../runstable/fields';
import type { Chart, ChartRun, Place, Words } from './chart';
import { fieldTitle, numeric, type Value } from './fields';
import { cut } from './frame';
import type { Ink, Size } from './ink';
import type { KindOptions } from './kinds';
import { scale } from './scale';
import { readFields, sceneChart, type Mark, type Picture, type Scene } from './sceneChart';
import type { Theme } from './theme';

interface Bar {
  run: ChartRun;
  value: number;
}

const ROW = 18;

export function bars(place: Place, words: Words, o: KindOptions): Chart {
  const metric = (): string => o.added()?.fields.metric ?? '';
  const read = readFields(place, () => [metric()]);
  return sceneChart(place, words, {
    async read(runs) {
      const named = await place.fields.named(runs.map((run) => run.run_id));
      const key = fieldOf(metric())?.key;
      return { values: await read(runs), small: named.metrics.find((one) => one.key === key)?.direction === 'min' };
    },
    build({ values, small }, runs) {
      if (!metric()) return 'Choose a value in the settings of this chart.';
      return sceneOf(runs, values, metric(), small);
    },
  });
}

function sceneOf(runs: readonly ChartRun[], values: Map<string, Value[]>, metric: string, small: boolean): Scene | string {
  const all = runs.map((run): Bar => ({ run, value: numeric(values.get(run.run_id)?.[0]) }));
  const sorted = all.filter((bar) => Number.isFinite(bar.value)).sort((one, other) => (small ? one.value - other.value : other.value - one.value));
  const title = fieldTitle(metric);
  if (!sorted.length) return `The drawn runs have no number in ${title}.`;
  const without = all.length - sorted.length;
  const byId = new Map(sorted.map((bar) => [bar.run.run_id, bar]));
  const best = sorted[0];
  return {
    label: `${title} of ${number(sorted.length)} runs as bars, the best first: ${sorted.slice(0, 3).map((bar) => `${bar.run.name} ${number(bar.value)}`).join(', ')}. Arrow keys walk through the runs.`,
    note: [small ? 'smallest first' : 'largest first', without ? `${number(without)} runs have no number` : ''].filter(Boolean).join(' · '),
    table: { columns: ['Run', 'Run id', title], rows: sorted.map((bar) => [bar.run.name, bar.run.run_id, bar.value]) },
    picture: (ink, size, theme) => barPicture(ink, size, theme, sorted),
    tip: (id) => ({
      head: byId.get(id)?.run.name ?? id,
      rows: [
        { name: title, value: number(byId.get(id)?.value) },
        { name: 'Place', value: `${number(sorted.findIndex((bar) => bar.run.run_id === id) + 1)} of ${number(sorted.length)}` },
        ...(best.run.run_id === id ? [] : [{ name: 'Behind the best by', value: number(Math.abs((byId.get(id)?.value ?? 0) - best.value)) }]),
      ],
    }),
  };
}

function barPicture(ink: Ink, size: Size, theme: Theme, sorted: readonly Bar[]): Picture {
  ink.font = theme.font;
  const fitting = Math.max(1, Math.floor((size.height - 24) / ROW));
  // What does not fit is said, not squeezed until nobody can read it.
  const shown = sorted.length > fitting ? sorted.slice(0, fitting - 1) : sorted;
  const names = Math.min(size.width * 0.38, Math.max(...shown.map((bar) => ink.measureText(bar.run.name).width)) + 16);
  const numbers = Math.max(...shown.map((bar) => ink.measureText(number(bar.value)).width)) + 14;
  const low = Math.min(0, ...shown.map((bar) => bar.value));
  const high = Math.max(0, ...shown.map((bar) => bar.value));
  const x = scale(low, high === low ? low + 1 : high, names + (low < 0 ? numbers : 0), size.width - (high > 0 ? numbers : 14));
  const marks = shown.map((bar, at): Mark => ({ id: bar.run.run_id, x: x.at(bar.value), y: 10 + (at + 0.5) * ROW }));

  const bar = (on: Ink, at: number, strong: boolean): void => {
    const { run, value } = shown[at];
    const [from, to] = [Math.min(x.at(0), x.at(value)), Math.max(x.at(0), x.at(value))];
    const thick = strong ? ROW - 3 : ROW - 6;
    on.fillStyle = run.color;
    on.fillRect(from, marks[at].y - thick / 2, Math.max(1, to - from), thick);
    on.fillStyle = theme.ink;
    on.font = strong ? `600 ${theme.font}` : theme.font;
    on.textBaseline = 'middle';
    on.textAlign = 'right';
    on.fillText(cut(on, run.name, names - 12), names - 8 , marks[at].y);
    on.textAlign = value < 0 ? 'right' : 'left';
    on.fillText(number(value), value < 0 ? from - 4 : to + 4, marks[at].y);
  };
  return {
    marks,
    paint(on) {
      shown.forEach((_, at) => bar(on, at, false));
      on.strokeStyle = theme.axis;
      on.lineWidth = 1;
      on.beginPath();
      on.moveTo(Math.round(x.at(0)) + 0.5, 8);
      on.lineTo(Math.round(x.at(0)) + 0.5, 12 + shown.length * ROW);
      on.stroke();
      if (shown.length === sorted.length) return;
      on.fillStyle = theme.faint;
      on.font = theme.font;
      on.textAlign = 'left';
      on.fillText(`${number(shown.length)} of ${number(sorted.length)} runs; a higher chart shows more`, 10, 10 + (shown.length + 0.5) * ROW);
    },
    point(on, _, id) {
      const at = shown.findIndex((one) => one.run.run_id === id);
      on.globalAlpha = 0.6;
      on.fillStyle = theme.ground;
      on.fillRect(0, 0, size.width, size.height);
      on.globalAlpha = 1;
      on.fillRect(0, marks[at].y - ROW / 2, size.width, ROW);
      bar(on, at, true);
    },
    hit: (_, y) => marks.find((mark) => Math.abs(mark.y - y) <= ROW / 2) ?? null,
  };
}
