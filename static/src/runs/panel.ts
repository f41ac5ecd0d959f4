/** The chosen node beside the graph: what it did, what it left, what it said. */

import { bytes, duration } from '../app/format';
import { h, icon, replace } from './dom';
import { logView, type LogView } from './logs';
import { metricText, titleOf } from './metricNames';
import { brief, keyOf } from './outputs';
import { elapsed, share, type RunRecord, type Step } from './record';
import { stateBadge } from './states';

export interface PanelContext {
  base: string;
  runAddress: (id: string) => string;
  componentTitle: (component: string) => string;
  portTitle: (component: string, port: string) => string;
  openOutput: (key: string) => void;
  close: () => void;
}

export interface PanelView {
  element: HTMLElement;
  show: (record: RunRecord, chosen: string | null) => void;
  /** The node has written lines. */
  wake: (node: string) => void;
}

export function panelView(context: PanelContext): PanelView {
  const head = h('div', { class: 'card-header gap-2' });
  const about = h('div', { class: 'card-body' });
  const log = h('div', { class: 'card-body border-top' });
  const element = h('section', { class: 'card studio-panel', 'aria-label': 'The chosen node', hidden: true }, head, about, log);
  let shownLog = '';
  let logs: LogView | null = null;
  let shown = '';

  return {
    element,
    wake: (node) => {
      if (element.dataset.node === node) logs?.wake();
    },
    show: (record, chosen) => {
      const step = record.steps.find((one) => one.node_id === chosen);
      element.hidden = !step;
      element.dataset.node = step?.node_id ?? '';
      if (!step) {
        logs?.stop();
        logs = null;
        shownLog = '';
        return;
      }
      const metrics = record.metrics.filter((metric) => metric.run_id === step.run_id);
      const params = record.params.filter((param) => param.run_id === step.run_id);
      const seconds = elapsed(step, Date.now());
      const signature = JSON.stringify([step, metrics, params, Math.round(seconds ?? 0)]);
      if (signature !== shown) {
        shown = signature;
        const wasOpen = about.querySelector('details')?.open ?? false;
        replace(
          head,
          h('div', { class: 'flex-fill studio-name' }, h('h2', { class: 'card-title' }, step.name), h('div', { class: 'text-secondary small' }, context.componentTitle(step.component))),
          stateBadge(step.status, step.reused),
          h('button', { type: 'button', class: 'btn-close', 'aria-label': 'Close the node', onclick: context.close }),
        );
        replace(about, ...describe(step, seconds, metrics, params, context, wasOpen));
      }
      if (shownLog !== step.run_id) {
        shownLog = step.run_id;
        logs?.stop();
        logs = logView({ address: `${context.base}/${step.run_id}`, merged: false, nameOf: () => step.name });
        replace(log, h('h3', { class: 'fs-4 mb-2' }, step.reused ? 'Log of the node that made the result' : 'Log'), logs.element);
      }
    },
  };
}

function describe(
  step: Step,
  seconds: number | null,
  metrics: RunRecord['metrics'],
  params: RunRecord['params'],
  context: PanelContext,
  tracebackOpen: boolean,
): (HTMLElement | null)[] {
  const progress = step.status === 'running' ? share(step.progress) : null;
  return [
    step.error && errorBox(step.error, tracebackOpen),
    progress === null
      ? null
      : h('div', { class: 'mb-3' }, h('progress', { class: 'w-100', max: 1, value: progress, 'aria-label': step.progress.message || 'Progress' }), h('div', { class: 'small text-secondary' }, `${Math.round(progress * 100)} % ${step.progress.message ?? ''}`)),
    step.reuse_reason
      ? h('p', { class: 'text-secondary' }, icon(step.reused ? 'recycle' : 'info-circle', 'me-1'), step.reused ? 'Reused: ' : 'Computed: ', step.reuse_reason, step.reused_from && ' ', step.reused_from && h('a', { href: context.runAddress(step.reused_from.root) }, 'Open the run that made it'))
      : null,
    h(
      'dl',
      { class: 'studio-facts mb-0' },
      fact('Duration', step.reused ? '–' : duration(seconds)),
      fact('Peak memory', step.reused ? '–' : bytes(step.peak_memory)),
      ...metrics.slice(0, 12).map((metric) => fact(titleOf(metric.key), metricText(metric.key, metric.last))),
      metrics.length > 12 ? fact('More', `${metrics.length - 12} metrics in the tab Charts`) : null,
    ),
    step.outputs.length
      ? h(
          'div',
          { class: 'mt-3' },
          h('h3', { class: 'fs-4 mb-1' }, 'Outputs'),
          ...step.outputs.map((output) =>
            h('button', { type: 'button', class: 'btn btn-sm me-1 mb-1 text-wrap text-start', onclick: () => context.openOutput(keyOf(step, output)) }, `${context.portTitle(step.component, output.port)} · ${brief(output)}`),
          ),
        )
      : null,
    params.length
      ? h(
          'details',
          { class: 'mt-3' },
          h('summary', { class: 'fs-4' }, `Parameters (${params.length})`),
          h('dl', { class: 'studio-params mt-2' }, ...params.flatMap((param) => [h('dt', {}, param.key), h('dd', {}, param.value || '–')])),
        )
      : null,
  ];
}

export function errorBox(error: { message: string; traceback?: string }, open = false): HTMLElement {
  return h(
    'div',
    { class: 'alert alert-danger studio-error', role: 'alert' },
    h('div', { class: 'studio-name' }, error.message),
    error.traceback && h('details', { class: 'mt-2', open }, h('summary', {}, 'Show the traceback'), h('pre', { class: 'mt-2 mb-0', tabindex: '0' }, error.traceback)),
  );
}

function fact(title: string, value: string): HTMLElement {
  return h('div', {}, h('dt', {}, title), h('dd', { class: 'font-monospace' }, value));
}
