/** One figure in a card: drawn when seen, with its numbers as a table, as a CSV file, and as a PNG picture. */

import { sentence } from '../app/api';
import { number } from '../app/format';
import { toast } from '../app/toast';
import { fileName, toCsv, type Cell } from './csv';
import { download, h, icon, replace, saveAs } from './dom';
import { draw, toPng, type Figure } from './plotly';

export interface TitledFigure {
  id: string;
  title: string;
  figure: Figure;
  table?: { columns: string[]; rows: Cell[][] };
}

const SHOWN_ROWS = 500;

export function figureCard(shown: TitledFigure): { element: HTMLElement; stop: () => void } {
  const plot = h('div', { class: 'studio-figure', role: 'img', 'aria-label': described(shown) });
  const numbers = h('div', { class: 'studio-figure-table table-responsive', hidden: true, tabindex: '0' });
  const body = h('div', { class: 'card-body p-2' }, plot, numbers);

  const toggle = button('table', 'Show the numbers as a table', () => {
    const show = Boolean(numbers.hidden);
    if (show && shown.table && !numbers.childElementCount) replace(numbers, ...tableOf(shown));
    numbers.hidden = !show;
    plot.hidden = show;
    toggle.setAttribute('aria-pressed', String(show));
    toggle.classList.toggle('active', show);
  });
  toggle.setAttribute('aria-pressed', 'false');
  const csv = button('file-spreadsheet', 'Download the numbers as CSV', () => {
    if (shown.table) download(fileName(shown.title, 'csv'), toCsv(shown.table.columns, shown.table.rows));
  });
  const png = button('photo-down', 'Download the figure as PNG', async () => {
    png.disabled = true;
    try {
      saveAs(fileName(shown.title, 'png'), await toPng(shown.figure));
    } catch (error) {
      toast(`The picture could not be made: ${sentence(error)}`, 'danger');
    } finally {
      png.disabled = false;
    }
  });

  const header = h(
    'div',
    { class: 'card-header py-2 gap-1' },
    h('h3', { class: 'card-title text-truncate flex-fill', title: shown.title }, shown.title),
    shown.table && toggle,
    shown.table && csv,
    png,
  );
  const element = h('section', { class: 'card', 'aria-label': shown.title, 'data-figure': shown.id }, header, body);
  const drawing = draw(plot, () => shown.figure);
  return { element, stop: drawing.stop };
}

function tableOf({ table }: TitledFigure): HTMLElement[] {
  if (!table) return [];
  const head = h('thead', {}, h('tr', {}, ...table.columns.map((column) => h('th', { scope: 'col' }, column))));
  const rows = table.rows.slice(0, SHOWN_ROWS).map((row) => h('tr', {}, ...row.map((cell) => h('td', {}, shownCell(cell)))));
  const made: HTMLElement[] = [h('table', { class: 'table table-sm table-vcenter card-table' }, head, h('tbody', {}, ...rows))];
  if (table.rows.length > SHOWN_ROWS) {
    made.push(
      h('p', { class: 'text-secondary small m-2' }, `${number(SHOWN_ROWS)} of ${number(table.rows.length)} rows; all of them are in the CSV file.`),
    );
  }
  return made;
}

function shownCell(cell: Cell): string {
  return typeof cell === 'number' ? number(cell) : cell === null || cell === undefined ? '–' : String(cell);
}

function described({ title, table }: TitledFigure): string {
  return table ? `${title}. The same numbers are in the table of ${table.rows.length} rows.` : title;
}

function button(name: string, label: string, act: () => void): HTMLButtonElement {
  return h('button', { type: 'button', class: 'btn btn-icon btn-ghost-secondary btn-sm', title: label, 'aria-label': label, onclick: act }, icon(name));
}
