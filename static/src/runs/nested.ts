/** Runs nested in this one, to any depth: read when they are opened, by the page. */

import { api, sentence } from '../app/api';
import { ago, duration, number } from '../app/format';
import { h, icon, replace } from './dom';
import { metricText } from './metricNames';
import { elapsed } from './record';
import { isOver, stateBadge, type Status } from './states';

interface Child {
  run_id: string;
  name: string;
  status: Status;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  seconds: number | null;
  nested: number;
  values: Record<string, number | string>;
}
interface Page {
  results: Child[];
  total: number;
  offset: number;
  metrics: string[];
}

export interface NestedView {
  element: HTMLElement;
  /** Read those that are shown again. */
  refresh: () => void;
  isBusy: () => boolean;
}

const FIRST = 10;
const NEXT = 100;
const DEEPEST_INDENT = 12;

export function nestedView(runs: string, run_id: string, runAddress: (id: string) => string): NestedView {
  const head = h('thead');
  const body = h('tbody');
  const choice = h('input', { class: 'form-control form-control-sm', 'aria-label': 'Metrics to show, separated by commas', placeholder: 'Metrics to show' });
  const element = h(
    'section',
    { class: 'card mb-3', 'aria-label': 'Nested runs' },
    h('div', { class: 'card-header py-2 gap-2 flex-wrap' }, h('h2', { class: 'card-title fs-4' }, 'Nested runs'), h('div', { class: 'ms-auto studio-nested-metrics' }, choice)),
    h('div', { class: 'table-responsive' }, h('table', { class: 'table table-sm card-table table-vcenter', role: 'treegrid' }, head, body)),
  );
  let metrics: string[] | null = null;
  const open = new Set<string>();
  /** How many of each parent's children are shown. */
  const shown = new Map<string, number>();
  let statuses: Status[] = [];

  const ask = (parent: string, offset: number, limit: number): Promise<Page> => {
    const query = new URLSearchParams({ offset: String(offset), limit: String(limit) });
    for (const key of metrics ?? []) query.append('metric', key);
    return api<Page>('GET', `${runs}/${parent}/nested?${query}`);
  };

  const drawHead = (): void => {
    choice.value ||= (metrics ?? []).join(', ');
    replace(
      head,
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, 'Run'),
        h('th', { scope: 'col' }, 'State'),
        h('th', { scope: 'col', class: 'text-end' }, 'Duration'),
        ...(metrics ?? []).map((key) => h('th', { scope: 'col', class: 'text-end', title: key }, key)),
        h('th', { scope: 'col', class: 'text-end' }, 'Created'),
      ),
    );
  };

  /** The rows below one run, and below those that are open. */
  const rowsOf = async (parent: string, level: number): Promise<HTMLElement[]> => {
    const wanted = shown.get(parent) ?? FIRST;
    const pages: Page[] = [];
    for (let offset = 0; offset < wanted; offset += 200) pages.push(await ask(parent, offset, Math.min(200, wanted - offset)));
    const first = pages[0];
    if (metrics === null) {
      metrics = first.metrics;
      drawHead();
    }
    const rows: HTMLElement[] = [];
    const children = pages.flatMap((page) => page.results);
    for (const child of children) {
      statuses.push(child.status);
      rows.push(rowOf(child, level));
      if (open.has(child.run_id) && child.nested) rows.push(...(await rowsOf(child.run_id, level + 1)));
    }
    if (children.length < first.total) rows.push(moreRow(parent, level, children.length, first.total));
    return rows;
  };

  const rowOf = (child: Child, level: number): HTMLElement => {
    const isOpen = open.has(child.run_id);
    const toggle = h('button', { type: 'button', class: 'btn btn-icon btn-sm btn-ghost-secondary', 'aria-expanded': String(isOpen), 'aria-label': `${isOpen ? 'Close' : 'Open'} the ${number(child.nested)} runs in ${child.name}` }, icon(isOpen ? 'chevron-down' : 'chevron-right'));
    toggle.addEventListener('click', () => {
      if (!open.delete(child.run_id)) open.add(child.run_id);
      void draw(child.run_id);
    });
    const name = h('td', { class: 'studio-nested-name' }, child.nested ? toggle : h('span', { class: 'studio-nested-leaf' }), h('a', { href: runAddress(child.run_id), class: 'studio-name' }, child.name), child.nested ? h('span', { class: 'text-secondary small ms-2' }, number(child.nested)) : null);
    name.style.paddingInlineStart = `${0.5 + 1.5 * Math.min(level, DEEPEST_INDENT)}rem`;
    return h(
      'tr',
      { 'data-nested': child.run_id, role: 'row', 'aria-level': level + 1 },
      name,
      h('td', {}, stateBadge(child.status)),
      h('td', { class: 'text-end font-monospace small text-nowrap' }, duration(elapsed(child, Date.now()))),
      ...(metrics ?? []).map((key) => h('td', { class: 'text-end font-monospace' }, key in child.values ? metricText(key, child.values[key]) : '–')),
      h('td', { class: 'text-end text-secondary text-nowrap' }, ago(child.created_at)),
    );
  };

  const moreRow = (parent: string, level: number, have: number, total: number): HTMLElement => {
    const button = h('button', { type: 'button', class: 'btn btn-sm' }, `Show ${number(Math.min(NEXT, total - have))} more of ${number(total)}`);
    button.addEventListener('click', () => {
      shown.set(parent, have + NEXT);
      void draw();
    });
    const cell = h('td', { colspan: 4 + (metrics?.length ?? 0) }, button);
    cell.style.paddingInlineStart = `${0.5 + 1.5 * Math.min(level, DEEPEST_INDENT)}rem`;
    return h('tr', {}, cell);
  };

  let drawing = false;
  let again = false;
  async function draw(focus = ''): Promise<void> {
    if (drawing) {
      again = true;
      return;
    }
    drawing = true;
    try {
      statuses = [];
      const focused = focus || document.activeElement?.closest<HTMLElement>('[data-nested]')?.dataset.nested || '';
      const rows = await rowsOf(run_id, 0);
      replace(body, ...rows);
      if (focused) body.querySelector<HTMLElement>(`[data-nested="${CSS.escape(focused)}"] button`)?.focus();
    } catch (error) {
      replace(body, h('tr', {}, h('td', { class: 'text-danger' }, sentence(error))));
    } finally {
      drawing = false;
      if (again) {
        again = false;
        void draw();
      }
    }
  }

  choice.addEventListener('change', () => {
    const keys = choice.value.split(',').map((key) => key.trim()).filter(Boolean);
    metrics = keys.length ? keys : null;
    if (metrics) drawHead();
    void draw();
  });
  void draw();
  return { element, refresh: () => void draw(), isBusy: () => statuses.some((status) => !isOver(status)) };
}
