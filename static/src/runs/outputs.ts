/** What the nodes left: a list on the left, the chosen one on the right. Tables, evaluations, models, everything to download. */

import { api, sentence } from '../app/api';
import { bytes, number } from '../app/format';
import { mountGrid } from '../data/grid';
import { empty, h, icon, replace } from './dom';
import { mountEvaluation, type Evaluation } from './evaluation';
import { metricText, titleOf } from './metricNames';
import type { Output, Step } from './record';
import { registerDialog } from './register';

export interface OutputsContext {
  /** /api/v1/w/<workspace>/runs */
  base: string;
  workspace: string;
  portTitle: (component: string, port: string) => string;
  mayRegister: boolean;
  registered: () => { name: string; number: number; run_id: string }[];
  /** A model has become a version: read the run again. */
  changed: () => void;
}

export interface OutputsView {
  element: HTMLElement;
  show: (steps: readonly Step[]) => void;
  open: (key: string) => void;
}

const TYPES: Record<string, { title: string; icon: string }> = {
  table: { title: 'Table', icon: 'table' },
  model: { title: 'Trained model', icon: 'box' },
  'untrained-model': { title: 'Untrained model', icon: 'box-margin' },
  transform: { title: 'Transformation', icon: 'transform' },
  evaluation: { title: 'Evaluation', icon: 'chart-dots' },
};

export const keyOf = (step: Step, output: Output): string => `${step.node_id}.${output.port}`;

export function outputsView(context: OutputsContext, start: string, opened: (key: string) => void): OutputsView {
  const list = h('div', { class: 'list-group list-group-flush studio-outputs-list' });
  const viewer = h('div', { class: 'studio-output' });
  const element = h(
    'div',
    { class: 'studio-outputs' },
    h('nav', { class: 'card', 'aria-label': 'Outputs' }, list),
    viewer,
  );
  let steps: readonly Step[] = [];
  let chosen = start;
  let mounted = '';
  let unmount: () => void = () => {};
  let listed = '';

  const found = (): { step: Step; output: Output } | undefined => {
    const all = pairs(steps);
    return all.find(({ step, output }) => keyOf(step, output) === chosen) ?? (chosen ? undefined : lastOf(all));
  };

  const render = (): void => {
    const all = pairs(steps);
    const now = found();
    const signature = JSON.stringify([all.map(({ step, output }) => [keyOf(step, output), step.name, output.summary.rows]), now && keyOf(now.step, now.output)]);
    if (signature !== listed) {
      listed = signature;
      const focused = list.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset.output : undefined;
      replace(list, ...(all.length ? all.map((pair) => item(pair, now)) : [empty('No outputs yet', 'They appear as nodes finish.')]));
      if (focused) list.querySelector<HTMLElement>(`[data-output="${CSS.escape(focused)}"]`)?.focus();
    }
    const key = now ? `${now.step.run_id} ${keyOf(now.step, now.output)}` : '';
    if (key === mounted) return;
    mounted = key;
    unmount();
    unmount = now ? view(viewer, now.step, now.output, context) : () => {};
    if (!now) replace(viewer);
  };

  const item = ({ step, output }: { step: Step; output: Output }, now: ReturnType<typeof found>): HTMLElement => {
    const key = keyOf(step, output);
    const isNow = now?.step === step && now.output === output;
    return h(
      'button',
      {
        type: 'button',
        class: `list-group-item list-group-item-action d-flex gap-2 py-2 ${isNow ? 'active' : ''}`,
        'aria-current': isNow ? 'true' : undefined,
        'data-output': key,
        onclick: () => open(key),
      },
      icon(TYPES[output.type]?.icon ?? 'file', 'mt-1'),
      h(
        'span',
        { class: 'flex-fill' },
        h('span', { class: 'd-block text-break fw-medium' }, step.name),
        h('span', { class: 'd-block small text-secondary text-break' }, `${context.portTitle(step.component, output.port)} · ${brief(output)}`),
      ),
    );
  };

  const open = (key: string): void => {
    chosen = key;
    opened(key);
    render();
  };

  return {
    element,
    open,
    show: (fresh) => {
      steps = fresh;
      render();
    },
  };
}

/** In one line what an output is. */
export function brief({ type, summary }: Output): string {
  if (type === 'table') return `${number(summary.rows ?? 0)} rows × ${number(summary.columns?.length ?? 0)} columns`;
  if (type === 'evaluation') {
    const models = (summary.models ?? []) as { metrics: Record<string, number | null> }[];
    const key = ['auc', 'accuracy', 'r2', 'rmse', 'silhouette'].find((name) => typeof models[0]?.metrics[name] === 'number');
    return key ? `${titleOf(key)} ${models.map((model) => metricText(key, model.metrics[key])).join(' and ')}` : 'Evaluation';
  }
  const algorithm = typeof summary.algorithm === 'string' ? summary.algorithm : '';
  return algorithm || (TYPES[type]?.title ?? type);
}

function pairs(steps: readonly Step[]): { step: Step; output: Output }[] {
  return steps.flatMap((step) => step.outputs.map((output) => ({ step, output })));
}

/** An evaluation says most about a run; else whatever came last. */
function lastOf(all: { step: Step; output: Output }[]): { step: Step; output: Output } | undefined {
  return all.findLast(({ output }) => output.type === 'evaluation') ?? all.at(-1);
}

function view(element: HTMLElement, step: Step, output: Output, context: OutputsContext): () => void {
  const address = `${context.base}/${step.run_id}/outputs/${encodeURIComponent(output.port)}`;
  const body = h('div', { class: output.type === 'table' ? 'studio-output-grid' : 'card-body' });
  const downloads =
    output.type === 'table'
      ? [link(`${address}/download?as=csv`, 'CSV'), link(`${address}/download?as=parquet`, 'Parquet')]
      : [link(`${address}/download`, output.type === 'evaluation' ? 'JSON' : 'Zip')];
  const registerButton =
    output.type === 'model' &&
    context.mayRegister &&
    h(
      'button',
      { type: 'button', class: 'btn btn-primary btn-sm', onclick: () => registerDialog(address, context.workspace, context.changed) },
      icon('package-import', 'me-1'),
      'Register this model',
    );
  replace(
    element,
    h(
      'section',
      { class: 'card', 'aria-label': `${step.name}: ${context.portTitle(step.component, output.port)}` },
      h(
        'div',
        { class: 'card-header flex-wrap gap-2' },
        h(
          'div',
          { class: 'flex-fill studio-name' },
          h('h2', { class: 'card-title' }, step.name),
          h('div', { class: 'text-secondary small' }, `${context.portTitle(step.component, output.port)} · ${brief(output)}${output.bytes ? ` · ${bytes(output.bytes)}` : ''}`),
        ),
        h('div', { class: 'btn-list' }, registerButton, ...downloads),
      ),
      body,
    ),
  );
  if (output.type === 'table') {
    const grid = mountGrid(body, { rowsUrl: `${address}/rows`, profileUrl: `${address}/profile`, label: step.name });
    return () => grid.destroy();
  }
  if (output.type === 'evaluation') return evaluationAt(body, `${address}/evaluation`);
  replace(body, ...described(output, step, context));
  return () => {};
}

/** Fetches an evaluation and shows it. */
export function evaluationAt(element: HTMLElement, address: string): () => void {
  let unmount = (): void => {};
  let stopped = false;
  replace(element, h('p', { class: 'text-secondary' }, 'Reading the evaluation …'));
  const url = new URL(location.href);
  const threshold = Number(url.searchParams.get('threshold') ?? '0.5');
  api<Evaluation>('GET', address)
    .then((evaluation) => {
      if (stopped) return;
      unmount = mountEvaluation(element, evaluation, {
        threshold: Number.isFinite(threshold) ? threshold : 0.5,
        onThreshold: (value) => {
          const now = new URL(location.href);
          now.searchParams.set('threshold', value.toFixed(2));
          history.replaceState(null, '', now);
        },
      });
    })
    .catch((error: unknown) => replace(element, h('div', { class: 'alert alert-danger', role: 'alert' }, sentence(error))));
  return () => {
    stopped = true;
    unmount();
  };
}

function described(output: Output, step: Step, context: OutputsContext): HTMLElement[] {
  const facts = Object.entries(output.summary).filter(([, value]) => value !== null && typeof value !== 'object');
  const features = Array.isArray(output.summary.features) ? output.summary.features.length : 0;
  const rows: [string, string][] = [
    ...facts.map(([key, value]): [string, string] => [titleOf(key), typeof value === 'number' ? number(value) : String(value)]),
    ...(features ? ([['Features', number(features)]] as [string, string][]) : []),
  ];
  const versions = context.registered().filter((model) => model.run_id === step.run_id);
  return [
    rows.length
      ? h('dl', { class: 'studio-facts' }, ...rows.map(([title, value]) => h('div', {}, h('dt', {}, title), h('dd', { class: 'studio-name' }, value))))
      : h('p', { class: 'text-secondary m-0' }, 'There is nothing to show of it here; download it to look inside.'),
    ...(output.type === 'model' && versions.length
      ? [
          h(
            'p',
            { class: 'm-0 mt-3' },
            'Registered as ',
            ...versions.map((version) => h('a', { class: 'me-2', href: modelAddress(context.workspace, version) }, `${version.name} version ${version.number}`)),
          ),
        ]
      : []),
  ];
}

export function modelAddress(workspace: string, version: { name: string; number: number }): string {
  return `/w/${workspace}/models/${encodeURIComponent(version.name)}/versions/${version.number}/`;
}

function link(address: string, title: string): HTMLElement {
  return h('a', { class: 'btn btn-sm', href: address, download: true }, icon('download', 'me-1'), title);
}
