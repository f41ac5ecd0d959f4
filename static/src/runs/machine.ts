/** What the run took of its machine: metrics named `system/…`, whether a client logged them or the studio looked. */

import { api, sentence } from '../app/api';
import { empty, h, replace } from './dom';
import { figureCard, type TitledFigure } from './figure';
import type { Metric } from './record';

export const SYSTEM = 'system/';
const POINTS = 600;

interface Curve {
  run_id: string;
  key: string;
  x: number[];
  y: (number | string | null)[];
  count: number;
  exact: boolean;
}

interface Panel {
  id: string;
  title: string;
  unit: string;
  keys: { key: string; name: string }[];
}

export interface MachineView {
  element: HTMLElement;
  show: (metrics: readonly Metric[]) => void;
}

/** What belongs into one picture: the same quantity of several cards, the two ways of the network. */
export function panelsOf(keys: readonly string[]): Panel[] {
  const panels = new Map<string, Panel>();
  for (const key of [...keys].sort()) {
    const name = key.slice(SYSTEM.length);
    const gpu = /^gpu_(\d+)_(.+)$/.exec(name);
    const network = /^network_(receive|transmit)_megabytes$/.exec(name);
    const quantity = gpu ? gpu[2] : network ? 'megabytes' : name;
    const id = gpu ? `gpu_${gpu[2]}` : network ? 'network' : name;
    const known = panels.get(id);
    const line = { key, name: gpu ? `GPU ${gpu[1]}` : network ? (network[1] === 'receive' ? 'Received' : 'Sent') : titleOf(name) };
    if (known) known.keys.push(line);
    else panels.set(id, { id, title: gpu ? `GPU ${words(gpu[2])}` : network ? 'Network' : titleOf(name), unit: unitOf(quantity), keys: [line] });
  }
  return [...panels.values()];
}

const TITLES: Record<string, string> = {
  cpu_utilization_percentage: 'Processor',
  system_memory_usage_megabytes: 'Memory',
  system_memory_usage_percentage: 'Memory, share of the machine',
  disk_usage_percentage: 'Disk, share used',
  disk_usage_megabytes: 'Disk used',
  disk_available_megabytes: 'Disk free',
};

function titleOf(name: string): string {
  const title = TITLES[name] ?? words(name);
  return title.charAt(0).toUpperCase() + title.slice(1);
}

function words(name: string): string {
  return name.replace(/_(percentage|megabytes|watts)$/, '').replaceAll('_', ' ');
}

function unitOf(name: string): string {
  if (name.endsWith('percentage')) return '%';
  if (name.endsWith('megabytes')) return 'MB';
  return name.endsWith('watts') ? 'W' : '';
}

export function machineView(workspace: string, isTracked: boolean): MachineView {
  const charts = h('div', { class: 'studio-figures' });
  const says = h('p', { class: 'text-secondary small' });
  const element = h('div', {}, says, charts);
  let shown = '';
  let round = 0;
  let stops: (() => void)[] = [];

  const draw = async (metrics: readonly Metric[]): Promise<void> => {
    const mine = ++round;
    const keys = [...new Set(metrics.map((metric) => metric.key))];
    const runs = [...new Set(metrics.map((metric) => metric.run_id))];
    const body = { runs, keys, x: 'relative', low: null, high: null, points: POINTS };
    const { curves } = await api<{ curves: Curve[] }>('POST', `/api/v1/w/${encodeURIComponent(workspace)}/metrics/curves`, body);
    if (mine !== round) return;
    for (const stop of stops) stop();
    const byKey = new Map(curves.map((curve) => [curve.key, curve]));
    const cards = panelsOf(keys).map((panel) => figureCard(figureOf(panel, byKey)));
    stops = cards.map((card) => card.stop);
    replace(charts, ...cards.map((card) => card.element));
    says.textContent = isTracked ? 'As the run’s own program measured it.' : 'What the processes of this run took of the machine, looked at every three seconds; graphics cards are those of the whole machine.';
  };

  return {
    element,
    show: (all) => {
      const metrics = all.filter((metric) => metric.key.startsWith(SYSTEM));
      if (!metrics.length) {
        replace(charts, h('div', { class: 'card' }, empty('Nothing was measured', isTracked ? 'Call mlflow.enable_system_metrics_logging() before the run starts.' : 'The run was over before the first look at its processes.')));
        return;
      }
      const signature = JSON.stringify(metrics.map((metric) => [metric.key, metric.count]));
      if (signature === shown) return;
      shown = signature;
      void draw(metrics).catch((error: unknown) => {
        shown = '';
        if (!charts.childElementCount) replace(charts, h('div', { class: 'alert alert-danger', role: 'alert' }, sentence(error)));
      });
    },
  };
}

function figureOf(panel: Panel, curves: Map<string, Curve>): TitledFigure {
  const lines = panel.keys.filter((line) => curves.has(line.key));
  const value = (y: number | string | null): number | null => (typeof y === 'number' ? y : null);
  const share = panel.unit === '%';
  return {
    id: panel.id,
    title: panel.unit ? `${panel.title} (${panel.unit})` : panel.title,
    figure: {
      data: lines.map(({ key, name }) => ({ type: 'scatter', mode: 'lines', name, x: curves.get(key)!.x, y: curves.get(key)!.y.map(value) })),
      layout: { xaxis: { title: { text: 'Seconds' } }, yaxis: { title: { text: panel.unit }, rangemode: 'tozero', ...(share && { range: [0, 100] }) }, showlegend: lines.length > 1 },
    },
    table: { columns: ['', 'Seconds', panel.unit], rows: lines.flatMap(({ key, name }) => curves.get(key)!.x.map((x, at) => [name, x, value(curves.get(key)!.y[at])])) },
  };
}
