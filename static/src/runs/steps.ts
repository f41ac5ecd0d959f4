/** The nodes of a run as a table, with their time as bars. The keyboard's and the screen reader's way to the graph. */

import { bytes, duration } from '../app/format';
import { h } from './dom';
import { elapsed, share, type Step } from './record';
import { isOver, stateBadge } from './states';

export interface StepsView {
  element: HTMLElement;
  show: (steps: readonly Step[], chosen: string | null) => void;
}

export function stepsView(components: Record<string, { title: string }>, runAddress: (id: string) => string, choose: (node: string) => void): StepsView {
  const body = h('tbody');
  const rows = new Map<string, { row: HTMLTableRowElement; shown: string }>();
  const element = h(
    'div',
    { class: 'table-responsive studio-steps' },
    h(
      'table',
      { class: 'table card-table table-vcenter table-sm' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ...['Node', 'State', 'Duration', 'Peak memory'].map((title, at) => h('th', { scope: 'col', class: at > 1 ? 'text-end' : '' }, title)),
          h('th', { scope: 'col', class: 'studio-when' }, 'When'),
        ),
      ),
      body,
    ),
  );
  return {
    element,
    show: (steps, chosen) => {
      const now = Date.now();
      const span = spanOf(steps, now);
      for (const step of steps) {
        let known = rows.get(step.node_id);
        const seconds = elapsed(step, now);
        const shown = JSON.stringify([step.status, step.name, step.reuse_reason, step.error?.message, step.progress, step.peak_memory, seconds, span, chosen === step.node_id]);
        if (known?.shown === shown) continue;
        const row = rowOf(step, seconds, span, now, chosen === step.node_id, components, runAddress, choose);
        if (known) {
          const focused = known.row.contains(document.activeElement);
          known.row.replaceWith(row);
          if (focused) row.querySelector('button')?.focus();
        } else {
          body.append(row);
        }
        known = { row, shown };
        rows.set(step.node_id, known);
      }
    },
  };
}

interface Span {
  from: number;
  to: number;
}

function spanOf(steps: readonly Step[], now: number): Span | null {
  const ran = steps.filter((step) => step.started_at && !step.reused);
  if (!ran.length) return null;
  const from = Math.min(...ran.map((step) => Date.parse(step.started_at!)));
  const to = Math.max(...ran.map((step) => endOf(step, now)));
  return { from, to: Math.max(to, from + 1) };
}

function endOf(step: Step, now: number): number {
  if (step.ended_at) return Date.parse(step.ended_at);
  return isOver(step.status) ? Date.parse(step.started_at!) + 1000 * (step.seconds ?? 0) : now;
}

function rowOf(
  step: Step,
  seconds: number | null,
  span: Span | null,
  now: number,
  chosen: boolean,
  components: Record<string, { title: string }>,
  runAddress: (id: string) => string,
  choose: (node: string) => void,
): HTMLTableRowElement {
  const progress = step.status === 'running' ? share(step.progress) : null;
  const title = components[step.component]?.title ?? step.component;
  const note = step.error?.message || (step.status === 'running' ? (step.progress.message ?? '') : step.reuse_reason);
  const row = h(
    'tr',
    { class: chosen ? 'table-active' : '', 'data-step': step.node_id },
    h(
      'td',
      { class: 'studio-step-name' },
      h('button', { type: 'button', class: 'btn btn-link p-0 text-start text-reset fw-medium', 'aria-pressed': String(chosen), onclick: () => choose(step.node_id) }, step.name || title),
      step.name && step.name !== title && h('div', { class: 'text-secondary small text-truncate' }, title),
      note &&
        h(
          'div',
          { class: `small studio-clamp ${step.error ? 'text-danger' : 'text-secondary'}`, title: note },
          step.reused_from ? h('a', { href: runAddress(step.reused_from.root), class: 'text-reset text-decoration-underline', title: 'Open the run that made it' }, note) : note,
        ),
    ),
    h('td', {}, stateBadge(step.status, step.reused)),
    h('td', { class: 'text-end font-monospace small text-nowrap' }, step.reused ? '–' : duration(seconds)),
    h('td', { class: 'text-end font-monospace small text-nowrap' }, step.reused ? '–' : bytes(step.peak_memory)),
    h('td', { class: 'studio-when' }, bar(step, span, now, progress)),
  );
  row.addEventListener('click', (event) => {
    if (!(event.target as Element).closest('a, button')) choose(step.node_id);
  });
  return row;
}

function bar(step: Step, span: Span | null, now: number, progress: number | null): HTMLElement | null {
  if (!span || !step.started_at || step.reused) return null;
  const whole = span.to - span.from;
  const start = Date.parse(step.started_at) - span.from;
  const length = Math.max(endOf(step, now) - Date.parse(step.started_at), 0);
  const element = h('span', { class: `studio-bar is-${step.status}`, title: `Started ${duration(start / 1000)} after the first node${progress === null ? '' : `; ${Math.round(progress * 100)} % done`}` });
  element.style.marginInlineStart = `${(100 * start) / whole}%`;
  element.style.width = `max(3px, ${(100 * length) / whole}%)`;
  return element;
}
