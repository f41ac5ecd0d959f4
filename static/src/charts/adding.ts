/** Adding charts to the wall, and the fields they can show. */

import { field, fieldTitle, type Named } from './fields';
import { STATS } from '../runstable/fields';
import type { Place } from './chart';
import type { Item } from './menu';
import { objective } from './proposals';
import type { Added, PanelKind, WallState } from './state';

const ATTRIBUTES = ['status', 'kind', 'user', 'source', 'experiment', 'duration', 'created', 'started'];

export const KINDS: Record<PanelKind, { title: string; icon: string }> = {
  line: { title: 'Lines', icon: 'chart-line' },
  bars: { title: 'Bars', icon: 'chart-bar' },
  scatter: { title: 'Scatter plot', icon: 'chart-dots' },
  parallel: { title: 'Parallel coordinates', icon: 'chart-sankey' },
  boxes: { title: 'Box plots', icon: 'chart-candle' },
  importance: { title: 'Parameter importance', icon: 'list-numbers' },
};

/** Everything a chart can show of a run, the most telling first. */
export function allFields(named: Named): { field: string; title: string }[] {
  const names = [
    ...named.params.map((param) => field('param', param.key)),
    ...named.metrics.flatMap((metric) => STATS.map((stat) => field('metric', metric.key, stat))),
    ...ATTRIBUTES.map((name) => `attributes.${name}`),
  ];
  return names.map((name) => ({ field: name, title: fieldTitle(name) }));
}

export function groupFields(named: Named): { field: string; title: string }[] {
  return [...named.params.map((param) => field('param', param.key)), ...ATTRIBUTES.slice(0, 5).map((name) => `attributes.${name}`)].map((name) => ({ field: name, title: fieldTitle(name) }));
}

export function addItems(place: Place, named: Named): Item[] {
  return (Object.keys(KINDS) as PanelKind[]).map((kind) => ({
    label: KINDS[kind].title,
    icon: KINDS[kind].icon,
    act: () => place.change((state) => ({ ...state, added: [...state.added, fresh(kind, named, place.runs().length, state)], closed: state.closed.filter((id) => id !== 'added') })),
  }));
}

/** A new panel that shows something at once; what exactly is chosen in its settings. */
function fresh(kind: PanelKind, named: Named, runs: number, state: WallState): Added {
  const taken = new Set(state.added.map((added) => added.id));
  let number = 1;
  while (taken.has(`added:${number}`)) number += 1;
  const metric = objective(named, runs)?.key ?? named.metrics[0]?.key;
  const result = metric === undefined ? '' : field('metric', metric, 'best');
  const params = named.params.map((param) => field('param', param.key));
  const fields: Record<PanelKind, Record<string, string>> = {
    line: {},
    bars: { metric: result },
    scatter: { x: params[0] ?? 'attributes.duration', y: result },
    parallel: { color: result },
    boxes: { metric: result, by: params[0] ?? 'attributes.status' },
    importance: { metric: result },
  };
  const curve = named.metrics.find((one) => one.key === metric && one.values > 1) ?? named.metrics.find((one) => one.values > 1);
  const list = kind === 'line' ? (curve ? [curve.key] : []) : kind === 'parallel' ? [...params.slice(0, 7), ...(result ? [result] : [])] : [];
  return { id: `added:${number}`, kind, title: '', list, fields: fields[kind], axes: {} };
}
