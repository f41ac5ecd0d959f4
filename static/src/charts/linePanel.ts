/** A line chart in a panel: asks for the curves of what is shown, in as many points as there is width. */

import { sentence } from '../app/api';
import { number } from '../app/format';
import { h, replace } from '../runs/dom';
import type { Chart, Place, Table, Words } from './chart';
import type { Curve } from './curves';
import { lineChart, type Zoom } from './lineChart';
import type { Line, LineScene } from './lines';
import { linesOf } from './series';
import { lookOf, withOwn, type WallState } from './state';
import type { Unit } from './ticks';
import { valueText } from './ticks';
import { swatch } from './tip';

/** All lines of a panel together: a hundred runs are drawn with fewer points each. */
const MOST_POINTS = 60_000;
const LEAST_POINTS = 100;
const LEGEND = 6;
const MOST_ROWS = 1_000_000;

export function linePanel(place: Place, words: Words, o: { id: string; keys: () => string[]; width: () => number; large?: boolean }): Chart {
  let curves: Curve[] = [];
  let asking: AbortController | null = null;
  let shownFor = '';
  let drawn: Line[] = [];
  const failure = h('p', { class: 'studio-chart-empty', hidden: true });
  const legend = h('div', { class: 'studio-chart-legend' });
  const chart = lineChart({ large: o.large, zoomed });
  const element = h('div', { class: 'studio-chart-body' }, chart.element, failure, legend);

  function zoomed(zoom: Zoom): void {
    const given = zoom.x || zoom.y ? zoom : undefined;
    place.change((state) => {
      if (!state.together) return withOwn(state, o.id, { zoom: given });
      // The same stretch of x everywhere; heights differ from metric to metric.
      const own = Object.fromEntries(Object.entries(state.own).map(([id, { zoom: _, ...rest }]) => [id, rest]));
      const everywhere = given?.x ? { x: given.x, y: null } : undefined;
      return withOwn(withOwn({ ...state, own }, TOGETHER, { zoom: everywhere }), o.id, { zoom: given?.y ? given : undefined });
    });
  }

  const wantedPoints = (runs: number): number => {
    // Steps of 250, so that a panel a little wider asks for nothing new.
    const width = Math.max(250, Math.min(2000, Math.ceil((chart.width() || o.width()) / 250) * 250));
    return Math.max(LEAST_POINTS, Math.min(width, Math.floor(MOST_POINTS / Math.max(1, runs))));
  };

  async function load(): Promise<void> {
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    const look = lookOf(place.state(), o.id);
    const zoom = zoomOf(place.state(), o.id);
    const runs = place.runs().map((run) => run.run_id);
    const asked = { runs, x: look.x, low: zoom.x?.[0] ?? null, high: zoom.x?.[1] ?? null, points: wantedPoints(runs.length * o.keys().length) };
    words.busy(true);
    try {
      const read = await Promise.all(o.keys().map((key) => place.curves.get({ ...asked, key }, mine.signal)));
      if (asking !== mine) return;
      curves = read.flat();
      shownFor = look.x;
      show();
    } catch (error) {
      if (mine.signal.aborted || asking !== mine) return;
      // What was drawn stays: the studio may only be restarting.
      if (!curves.length) {
        failure.hidden = false;
        replace(failure, `The values could not be read: ${sentence(error)} `, h('button', { type: 'button', class: 'btn btn-sm', onclick: () => void load() }, 'Try again'));
      }
    } finally {
      if (asking === mine) {
        asking = null;
        words.busy(false);
      }
    }
  }

  function show(): void {
    const state = place.state();
    const look = lookOf(state, o.id);
    const { lines, note } = linesOf(curves, place.runs(), look, { of: place.groupOf, band: state.band }, o.keys());
    const scene: LineScene = {
      lines,
      x: { log: look.logX, unit: unitOf(look.x), title: titleOfX(look.x) },
      y: { log: look.logY, title: '' },
      zoom: zoomOf(state, o.id),
    };
    drawn = lines;
    words.note(note);
    chart.show(scene, look.x, describe(o.keys().join(', '), scene));
    // With one run or with many a legend tells nothing: pointing does.
    const named = lines.length > 1 && lines.length <= LEGEND ? lines : [];
    replace(legend, ...named.map((line) => h('span', { class: 'studio-chart-legend-item' }, swatch(line.color, line.dash), h('span', { class: 'text-truncate' }, line.name))));
    failure.hidden = lines.length > 0;
    if (!lines.length) {
      replace(failure, !o.keys().length ? 'Choose metrics in the settings of this chart.' : zoomOf(state, o.id).x ? 'No values in this range. Double-click for all.' : 'The drawn runs have no values of this metric.');
    }
  }

  void load();
  return {
    element,
    update() {
      if (curves.length && shownFor === lookOf(place.state(), o.id).x) show();
      void load();
    },
    picture: chart.picture,
    legend: () => drawn.map(({ name, color, dash }) => ({ name, color, dash })),
    table: () => tableOf(curves, place, lookOf(place.state(), o.id).x),
    stop() {
      asking?.abort();
      chart.stop();
    },
  };
}

/** Where a zoom that holds for all panels is kept. */
export const TOGETHER = 'all';

export function zoomOf(state: WallState, id: string): Zoom {
  const own = state.own[id]?.zoom ?? null;
  const shared = state.together ? (state.own[TOGETHER]?.zoom?.x ?? null) : null;
  return own ?? { x: shared, y: null };
}

export function unitOf(x: string): Unit {
  return x === 'time' ? 'time' : x === 'relative' ? 'seconds' : 'number';
}

export function titleOfX(x: string): string {
  return { step: 'Step', time: 'Time', relative: 'Time since start' }[x] ?? x.slice('metric:'.length);
}

/** What a screen reader says of the chart; the numbers are in its table. */
function describe(title: string, { lines, x }: LineScene): string {
  const some = lines.slice(0, 5).map((line) => {
    const finite = line.y.filter(Number.isFinite);
    if (!finite.length) return `${line.name}: no finite values`;
    const least = finite.reduce((a, b) => Math.min(a, b));
    const most = finite.reduce((a, b) => Math.max(a, b));
    return `${line.name}: last ${number(finite[finite.length - 1])}, smallest ${number(least)}, largest ${number(most)}`;
  });
  const more = lines.length > 5 ? ` and ${number(lines.length - 5)} more` : '';
  return `${title} over ${x.title.toLowerCase()}. ${some.join('; ')}${more}. Arrow keys walk through values and runs, plus and minus zoom, 0 shows all.`;
}

function tableOf(curves: readonly Curve[], place: Place, x: string): Table {
  const names = new Map(place.runs().map((run) => [run.run_id, run.name]));
  const rows: Table['rows'] = [];
  for (const curve of curves) {
    for (let at = 0; at < curve.x.length && rows.length < MOST_ROWS; at += 1) {
      rows.push([names.get(curve.run_id) ?? curve.run_id, curve.run_id, curve.key, x === 'time' ? timeText(curve.x[at]) : curve.x[at], curve.y[at]]);
    }
  }
  return { columns: ['Run', 'Run id', 'Metric', titleOfX(x), 'Value'], rows };
}

/** Clients send whatever clock they have; what is no date stays a number. */
function timeText(ms: number): string {
  return Number.isNaN(new Date(ms).getTime()) ? valueText('number', ms) : new Date(ms).toISOString();
}
