/** What is shown of the table: which value of a metric, only differences, which rows, which way round. */

import { h, icon, replace } from '../runs/dom';
import { SECTIONS, type SectionId, type Statistic, STATISTICS } from './rows';
import type { View } from './view';

const STATISTIC_TITLES: Record<Statistic, [string, string]> = {
  last: ['Last', 'The last value of each metric'],
  min: ['Min', 'The smallest value of each metric'],
  max: ['Max', 'The largest value of each metric'],
  best: ['Best', 'The smallest value of losses, errors and times, the largest of others'],
};

export interface Toolbar {
  element: HTMLElement;
  show: (view: View, counts: ReadonlyMap<SectionId, number>) => void;
}

export function toolbar(change: (part: Partial<View>) => void): Toolbar {
  const search = h('input', { type: 'search', class: 'form-control', placeholder: 'Search the rows', 'aria-label': 'Search the rows by name', oninput: () => change({ search: search.value }) });
  const statistics = STATISTICS.map((one) =>
    h('button', { type: 'button', class: 'btn', title: STATISTIC_TITLES[one][1], onclick: () => change({ statistic: one }) }, STATISTIC_TITLES[one][0]),
  );
  const only = h('input', { type: 'checkbox', class: 'form-check-input', role: 'switch', onchange: () => change({ onlyDifferences: only.checked }) });
  const turned = h('button', { type: 'button', class: 'btn', title: 'Runs as rows instead of columns', onclick: () => change({ transposed: turned.getAttribute('aria-pressed') !== 'true' }) }, icon('table-row', 'me-1'), 'Runs as rows');
  const sections = h('div', { class: 'cmp-chips', role: 'group', 'aria-label': 'Sections of the table' });
  let view: View | null = null;

  const toggle = (id: SectionId): void => {
    if (view) change({ closed: view.closed.includes(id) ? view.closed.filter((one) => one !== id) : [...view.closed, id] });
  };
  return {
    element: h(
      'div',
      { class: 'cmp-toolbar' },
      h('div', { class: 'input-icon cmp-search' }, h('span', { class: 'input-icon-addon' }, icon('search')), search),
      h('div', { class: 'd-flex align-items-center gap-2' }, h('span', { class: 'text-secondary small', 'aria-hidden': 'true' }, 'Metrics'), h('div', { class: 'btn-group', role: 'group', 'aria-label': 'Value of each metric' }, ...statistics)),
      h('label', { class: 'form-check form-switch m-0' }, only, h('span', { class: 'form-check-label' }, 'Only differences')),
      turned,
      sections,
    ),
    show: (fresh, counts) => {
      view = fresh;
      if (document.activeElement !== search) search.value = fresh.search;
      only.checked = fresh.onlyDifferences;
      turned.setAttribute('aria-pressed', String(fresh.transposed));
      turned.classList.toggle('active', fresh.transposed);
      statistics.forEach((button, at) => {
        const chosen = STATISTICS[at] === fresh.statistic;
        button.classList.toggle('active', chosen);
        button.setAttribute('aria-pressed', String(chosen));
      });
      const focused = sections.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset.section : undefined;
      replace(
        sections,
        ...SECTIONS.filter(({ id }) => counts.has(id)).map(({ id, title }) => {
          const open = !fresh.closed.includes(id);
          return h(
            'button',
            { type: 'button', class: `btn btn-sm ${open ? 'active' : ''}`, 'aria-pressed': String(open), 'data-section': id, title: open ? `Close ${title}` : `Open ${title}`, onclick: () => toggle(id) },
            icon(open ? 'eye' : 'eye-off', 'me-1'),
            `${title} ${counts.get(id)}`,
          );
        }),
      );
      if (focused) sections.querySelector<HTMLElement>(`[data-section="${focused}"]`)?.focus();
    },
  };
}
