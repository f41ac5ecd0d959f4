/** The bar above the wall: search, x axis, smoothing, all other settings, adding panels; and how much is shown of what. */

import { number } from '../app/format';
import { h, icon, replace } from '../runs/dom';
import { check, labelled, lookForm, smoothingField } from './lookForm';
import { menuButton, type Item } from './menu';
import { COLUMNS, MOST_RUNS, type WallState } from './state';

export interface Counts {
  metrics: number;
  shown: number;
  runs: number;
  drawn: number;
}

export interface Bar {
  element: HTMLElement;
  show(counts: Counts): void;
}

export interface BarActs {
  state(): WallState;
  change(part: Partial<WallState>): void;
  metrics(): readonly string[];
  /** Fields by which runs can be grouped. */
  groups(): readonly { field: string; title: string }[];
  add(): Item[];
  closeAll(closed: boolean): void;
  reset(): void;
}

export function bar(o: BarActs): Bar {
  const search = h('input', { type: 'search', class: 'form-control form-control-sm', placeholder: 'Search charts', 'aria-label': 'Search charts by the name of the metric', spellcheck: 'false' });
  search.value = o.state().search;
  search.addEventListener('input', () => o.change({ search: search.value }));
  const count = h('span', { class: 'text-secondary small text-nowrap', role: 'status' });
  const runs = h('span', { class: 'text-secondary small text-nowrap' });

  const smoothing = smoothingField(o.state, o.change);
  const look = lookForm({ look: o.state, metrics: o.metrics, change: o.change });
  const columns = select('Columns of charts', COLUMNS.map((columns) => [String(columns), columns ? String(columns) : 'As many as fit']), (value) => o.change({ columns: Number(value) }));
  const most = select('Runs drawn at most', MOST_RUNS.map((most) => [String(most), number(most)]), (value) => o.change({ most: Number(value) }));
  const group = select('Group runs by', [], (value) => o.change({ group: value }));
  const band = select('Band around the mean', [['range', 'Smallest to largest'], ['deviation', 'One standard deviation']], (value) => o.change({ band: value as WallState['band'] })); // prettier-ignore
  const together = check('Zoom all charts of one x axis together', (on) => o.change({ together: on }));

  const proposals = check('Propose charts where parameters differ', (on) => o.change({ proposals: on }));

  const hidden = h('button', { type: 'button', class: 'btn btn-sm', onclick: () => o.change({ hidden: [] }) });

  const settings = h('div', { class: 'dropdown' },
    h('button', { type: 'button', class: 'btn btn-sm', 'data-bs-toggle': 'dropdown', 'data-bs-auto-close': 'outside', 'aria-expanded': 'false' }, icon('adjustments', 'me-1'), 'Settings'),
    h('div', { class: 'dropdown-menu dropdown-menu-end studio-wall-settings' }, look.element, together.element, h('hr', { class: 'my-2' }),
      labelled('Group runs by', group), labelled('Band', band), h('hr', { class: 'my-2' }), labelled('Columns', columns), labelled('Runs drawn', most), proposals.element,
      h('hr', { class: 'my-2' }),
      h('div', { class: 'btn-list' },
        h('button', { type: 'button', class: 'btn btn-sm', onclick: () => o.closeAll(true) }, 'Close all groups'),
        h('button', { type: 'button', class: 'btn btn-sm', onclick: () => o.closeAll(false) }, 'Open all groups'),
        hidden,
        h('button', { type: 'button', class: 'btn btn-sm', onclick: o.reset }, 'Back to the standard')))); // prettier-ignore
  settings.addEventListener('show.bs.dropdown', () => {
    look.show();
    const { columns: chosen, most: drawn, group: by, band: around, together: shared } = o.state();
    replace(group, h('option', { value: '' }, 'Nothing: every run a line'), ...o.groups().map(({ field, title }) => h('option', { value: field }, title)));
    if (by && !o.groups().some(({ field }) => field === by)) group.append(h('option', { value: by }, by));
    columns.value = String(chosen);
    most.value = String(drawn);
    group.value = by;
    band.value = around;
    together.input.checked = shared;
    proposals.input.checked = o.state().proposals;
    const away = o.state().hidden.length;
    hidden.hidden = !away;
    hidden.textContent = away === 1 ? 'Show the hidden chart' : `Show the ${number(away)} hidden charts`;
  });

  const add = menuButton('Add a chart', 'plus', o.add);
  const element = h('div', { class: 'studio-wall-bar' },
    h('div', { class: 'studio-wall-search' }, search), count, runs,
    h('label', { class: 'studio-wall-smoothing' }, h('span', { class: 'small text-secondary' }, 'Smoothing'), smoothing.element),
    settings, add); // prettier-ignore

  return {
    element,
    show({ metrics, shown, runs: all, drawn }) {
      const state = o.state();
      if (document.activeElement !== search) search.value = state.search;
      smoothing.show();
      count.textContent = shown < metrics ? `${number(shown)} of ${number(metrics)} metrics` : `${number(metrics)} ${metrics === 1 ? 'metric' : 'metrics'}`;
      const more = MOST_RUNS.find((most) => most > state.most);
      replace(runs, ...(drawn < all
        ? [`${number(drawn)} of ${number(all)} runs drawn`, more && h('button', { type: 'button', class: 'btn btn-sm btn-link py-0', onclick: () => o.change({ most: more }) }, `Draw ${number(Math.min(more, all))}`)]
        : [])); // prettier-ignore
    },
  };
}

function select(label: string, options: [string, string][], change: (value: string) => void): HTMLSelectElement {
  const element = h('select', { class: 'form-select form-select-sm', 'aria-label': label }, ...options.map(([value, text]) => h('option', { value }, text)));
  element.addEventListener('change', () => change(element.value));
  return element;
}
