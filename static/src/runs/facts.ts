/** Parameters and environment: plain tables with a search where they are long. */

import { number } from '../app/format';
import { empty, h, replace } from './dom';
import type { Param, RunRecord } from './record';

/** Characters of a value beyond which it scrolls in its own box: a prompt must not push everything else away. */
const LONG = 400;

export function paramsView(nameOf: (node: string) => string): { element: HTMLElement; show: (params: readonly Param[], more: boolean) => void } {
  const element = h('div', { class: 'card' });
  let shown = '';
  return {
    element,
    show: (params, more) => {
      const signature = JSON.stringify(params);
      if (signature === shown) return;
      shown = signature;
      if (!params.length) {
        replace(element, empty('No parameters', 'The settings of each node are written down when the run starts.'));
        return;
      }
      // Whose they are says nothing where all are the run's own.
      const byNode = params.some((param) => param.node_id);
      const rows = params.map((param) => [...(byNode ? [nameOf(param.node_id)] : []), param.key, param.value]);
      replace(element, ...searchable([...(byNode ? ['Node'] : []), 'Parameter', 'Value'], rows, 'Search the parameters'), more && h('p', { class: 'text-secondary small m-3' }, `The first ${number(params.length)} parameters are shown; the REST API gives all of them by the page.`));
    },
  };
}

export function environmentView(): { element: HTMLElement; show: (environment: RunRecord['environment']) => void } {
  const element = h('div', { class: 'card' });
  let shown = '';
  return {
    element,
    show: (environment) => {
      const signature = JSON.stringify(environment ?? null);
      if (signature === shown) return;
      shown = signature;
      if (!environment) {
        replace(element, empty('Not known yet', 'It is written down when the run starts.'));
        return;
      }
      const packages = Object.entries(environment.packages ?? {}).sort(([a], [b]) => a.localeCompare(b));
      const facts: [string, string | undefined][] = [['Python', environment.python], ['Platform', environment.platform], ['Packages', number(packages.length)]];
      replace(
        element,
        h('dl', { class: 'card-body studio-facts mb-0' }, ...facts.filter(([, value]) => value).map(([title, value]) => h('div', {}, h('dt', {}, title), h('dd', { class: 'studio-name' }, value)))),
        ...(packages.length ? searchable(['Package', 'Version'], packages, 'Search the packages') : []),
      );
    },
  };
}

function searchable(titles: string[], rows: string[][], label: string): HTMLElement[] {
  const body = h('tbody', {}, ...rows.map((row) => h('tr', {}, ...row.map((cell, at) => h('td', { class: `studio-name ${at === row.length - 1 ? 'font-monospace small' : ''}` }, at === row.length - 1 && cell.length > LONG ? h('div', { class: 'studio-long', tabindex: '0' }, cell) : cell)))));
  const search = h('input', { type: 'search', class: 'form-control form-control-sm', placeholder: label, 'aria-label': label });
  search.addEventListener('input', () => {
    const wanted = search.value.trim().toLowerCase();
    [...body.rows].forEach((row, at) => (row.hidden = !rows[at].some((cell) => cell.toLowerCase().includes(wanted))));
  });
  const made: HTMLElement[] = [h('div', { class: 'table-responsive' }, h('table', { class: 'table table-sm card-table table-vcenter' }, h('thead', {}, h('tr', {}, ...titles.map((title) => h('th', { scope: 'col' }, title)))), body))];
  return rows.length > 10 ? [h('div', { class: 'card-body border-bottom py-2' }, search), ...made] : made;
}
