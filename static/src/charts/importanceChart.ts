/** Which parameters made the difference in a metric, as the server found it; how it was found stands on the chart. */

import { api } from '../app/api';
import { number } from '../app/format';
import { fieldOf } from '../runstable/fields';
import type { Chart, Place, Words } from './chart';
import { fieldTitle } from './fields';
import { cut } from './frame';
import type { Ink, Size } from './ink';
import type { KindOptions } from './kinds';
import { sceneChart, type Mark, type Picture, type Scene } from './sceneChart';
import type { Theme } from './theme';

interface Param {
  key: string;
  importance: number;
  correlation: number | null;
  is_number: boolean;
  runs: number;
}

interface Findings {
  method: string;
  runs: number;
  trees: number;
  explained: number;
  params: Param[];
  left_out: number;
  reason: string;
}

const ROW = 20;
const HEAD = 26;
const MORE = '#1d9e4b';
const LESS = '#e8710a';

export function importanceChart(place: Place, words: Words, o: KindOptions): Chart {
  const kept = new Map<string, Promise<Findings>>();
  return sceneChart<Findings | null>(place, words, {
    read(runs) {
      const metric = fieldOf(o.added()?.fields.metric ?? '');
      if (metric?.kind !== 'metric') return Promise.resolve(null);
      const body = { runs: runs.map((run) => run.run_id), metric: metric.key, which: metric.stat };
      const name = JSON.stringify(body);
      // A forest is grown for every answer: the same question is asked once.
      const known = kept.get(name) ?? api<Findings>('POST', `/api/v1/w/${encodeURIComponent(place.workspace)}/runs/importance`, body);
      kept.clear();
      kept.set(name, known);
      known.catch(() => kept.delete(name));
      return known;
    },
    build(found) {
      if (!found) return 'Choose a metric in the settings of this chart.';
      return found.reason || sceneOf(found, fieldTitle(o.added()?.fields.metric ?? ''));
    },
  });
}

function sceneOf(found: Findings, metric: string): Scene {
  const weak = found.explained < 0.1;
  const note = [
    `${found.method}, ${number(found.runs)} runs`,
    weak ? 'these parameters hardly explain the metric' : `explains ${Math.round(found.explained * 100)} % of unseen runs' variance`,
    found.left_out ? `${number(found.left_out)} more parameters left out` : '',
  ];
  const byKey = new Map(found.params.map((param) => [`param:${param.key}`, param]));
  return {
    label: `Which parameters made the difference in ${metric}: ${found.params.slice(0, 5).map((param) => `${param.key} ${number(param.importance)}`).join(', ')}. ${note.filter(Boolean).join(', ')}.`,
    note: note.filter(Boolean).join(' · '),
    table: {
      columns: ['Parameter', 'Importance', 'Correlation of ranks', 'Runs'],
      rows: found.params.map((param) => [param.key, param.importance, param.correlation, param.runs]),
    },
    picture: (ink, size, theme) => picture(ink, size, theme, found.params),
    tip(id) {
      const param = byKey.get(id);
      return {
        head: param?.key ?? id,
        rows: [
          { name: 'Variance lost when it is shuffled', value: `${number((param?.importance ?? 0) * 100)} %` },
          { name: 'Correlation of ranks', value: param?.correlation === null ? 'none: these are texts' : number(param?.correlation) },
          { name: 'Runs that have it', value: number(param?.runs) },
        ],
      };
    },
  };
}

function picture(ink: Ink, size: Size, theme: Theme, params: readonly Param[]): Picture {
  ink.font = theme.font;
  const shown = params.slice(0, Math.max(1, Math.floor((size.height - HEAD - 8) / ROW)));
  const names = Math.min(size.width * 0.34, Math.max(...shown.map((param) => ink.measureText(param.key).width)) + 16);
  const half = size.width - 40 > names + 200;
  const middle = half ? names + (size.width - names) * 0.56 : size.width - 12;
  const most = Math.max(1e-9, ...shown.map((param) => param.importance));
  const marks = shown.map((param, at): Mark => ({ id: `param:${param.key}`, x: names + 10, y: HEAD + (at + 0.5) * ROW }));
  const zero = (middle + 14 + size.width - 12) / 2;
  const reach = (size.width - 12 - middle - 14) / 2;
  const row = (on: Ink, at: number, strong: boolean): void => {
    const param = shown[at];
    const { y } = marks[at];
    on.font = strong ? `600 ${theme.font}` : theme.font;
    on.fillStyle = theme.ink;
    on.textBaseline = 'middle';
    on.textAlign = 'right';
    on.fillText(cut(on, param.key, names - 12), names - 8, y);
    on.fillStyle = '#3b82f6';
    const width = ((middle - names - 48) * param.importance) / most;
    on.fillRect(names, y - 6, Math.max(1, width), 12);
    on.fillStyle = theme.faint;
    on.textAlign = 'left';
    on.fillText(number(Number(param.importance.toPrecision(2))), names + Math.max(1, width) + 5, y);
    if (!half) return;
    if (param.correlation === null) {
      on.textAlign = 'center';
      on.fillText('text', zero, y);
      return;
    }
    // Up or down is told by the side, not only by the colour.
    on.fillStyle = param.correlation < 0 ? LESS : MORE;
    const length = reach * Math.abs(param.correlation);
    on.fillRect(param.correlation < 0 ? zero - length : zero, y - 6, Math.max(1, length), 12);
  };
  return {
    marks,
    paint(on) {
      on.font = theme.font;
      on.fillStyle = theme.faint;
      on.textBaseline = 'middle';
      on.textAlign = 'left';
      on.fillText('Importance', names, HEAD / 2 + 2);
      if (half) {
        on.textAlign = 'center';
        on.fillText('− Correlation +', zero, HEAD / 2 + 2);
        on.strokeStyle = theme.axis;
        on.lineWidth = 1;
        on.beginPath();
        on.moveTo(Math.round(zero) + 0.5, HEAD);
        on.lineTo(Math.round(zero) + 0.5, HEAD + shown.length * ROW);
        on.stroke();
      }
      shown.forEach((_, at) => row(on, at, false));
    },
    point(on, _, id) {
      const at = shown.findIndex((param) => `param:${param.key}` === id);
      on.fillStyle = theme.ground;
      on.fillRect(0, marks[at].y - ROW / 2, size.width, ROW);
      row(on, at, true);
    },
    hit: (_, y) => marks.find((mark) => Math.abs(mark.y - y) <= ROW / 2) ?? null,
  };
}
