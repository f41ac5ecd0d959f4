/** The frame of one chart on the wall: head, menu, place to drag and to size it. */

import { sentence } from '../app/api';
import { number } from '../app/format';
import { toast } from '../app/toast';
import { h, icon, replace } from '../runs/dom';
import type { Chart, Table, Words } from './chart';
import { saveCsv, savePng, saveSvg } from './exporting';
import type { Placed } from './layout';
import { iconButton, menuButton, type Item } from './menu';
import type { Span } from './state';

export interface Panel {
  element: HTMLElement;
  put(at: Placed): void;
  update(): void;
  reload(): void;
  title(): string;
  stop(): void;
}

export interface PanelActs {
  title(): string;
  subtitle(): string;
  chart(words: Words): Chart;
  isPinned(): boolean;
  pin(on: boolean): void;
  open(): void;
  remove: { label: string; act: () => void };
  span(): Span;
  resize(span: Span): void;
  /** One place towards the start (-1) or the end (1). */
  move(by: number): void;
  link(): string;
  extra(): Item[];
  drag(event: PointerEvent): void;
}

const SHOWN_ROWS = 500;

export function panel(id: string, acts: PanelActs): Panel {
  const note = h('span', { class: 'studio-panel-note' });
  const heading = h('h3', { class: 'studio-panel-title' });
  const busy = h('span', { class: 'studio-panel-busy', hidden: true, role: 'status' }, h('span', { class: 'visually-hidden' }, 'Reading values'));
  const numbers = h('div', { class: 'studio-panel-numbers table-responsive', hidden: true, tabindex: '0', role: 'region' });
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const words: Words = {
    note(text) {
      if (note.textContent !== text) note.textContent = text;
      note.title = text;
    },
    busy(on) {
      clearTimeout(waiting);
      // What comes at once needs no sign that it is coming.
      if (on) waiting = setTimeout(() => (busy.hidden = false), 300);
      else busy.hidden = true;
    },
  };
  const chart = acts.chart(words);

  const grip = h(
    'button',
    { type: 'button', class: 'studio-panel-grip', title: 'Drag to another place, or press the arrow keys', 'aria-label': `Move ${acts.title()}: arrow keys` },
    icon('grip-vertical'),
  );
  grip.addEventListener('pointerdown', (event) => acts.drag(event));
  grip.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    acts.move(by);
  });
  const corner = h('button', { type: 'button', class: 'studio-panel-corner', title: 'Drag to size, or press the arrow keys', 'aria-label': `Size of ${acts.title()}: arrow keys` });
  corner.addEventListener('pointerdown', (event) => sizeByPointer(event, element, acts));
  corner.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!by) return;
    event.preventDefault();
    const { columns, rows } = acts.span();
    acts.resize({ columns: columns + by[0], rows: rows + by[1] });
  });

  const showTable = (): void => {
    const on = Boolean(numbers.hidden);
    if (on) replace(numbers, ...tableElements(chart.table()));
    numbers.hidden = !on;
    chart.element.classList.toggle('is-covered', on);
    if (on) numbers.focus();
  };
  const save = (act: () => void | Promise<void>) => (): void => {
    Promise.resolve()
      .then(act)
      .catch((error: unknown) => toast(`The file could not be made: ${sentence(error)}`, 'danger'));
  };
  const menu = menuButton(`Menu of ${acts.title()}`, 'dots-vertical', () => [
    { label: 'Full screen and settings', icon: 'maximize', act: acts.open },
    { label: 'Show the numbers as a table', icon: 'table', act: showTable, checked: !numbers.hidden },
    ...acts.extra(),
    'line',
    { label: acts.isPinned() ? 'Unpin' : 'Pin to the top', icon: acts.isPinned() ? 'pinned-off' : 'pin', act: () => acts.pin(!acts.isPinned()) },
    { label: 'Move back', icon: 'arrow-left', act: () => acts.move(-1) },
    { label: 'Move on', icon: 'arrow-right', act: () => acts.move(1) },
    'line',
    { label: 'Save as PNG', icon: 'photo-down', act: save(() => savePng(chart, acts.title())) },
    { label: 'Save as SVG', icon: 'file-type-svg', act: save(() => saveSvg(chart, acts.title())) },
    { label: 'Save the numbers as CSV', icon: 'file-spreadsheet', act: save(() => saveCsv(chart, acts.title())) },
    { label: 'Copy a link to this chart', icon: 'link', act: () => void copy(acts.link()) },
    'line',
    { label: acts.remove.label, icon: 'eye-off', act: acts.remove.act },
  ]);

  const pin = iconButton('pin', '', () => acts.pin(!acts.isPinned()));
  const element = h(
    'section',
    { class: 'studio-panel-card card', 'data-panel': id },
    h('header', { class: 'studio-panel-head' }, grip, h('div', { class: 'studio-panel-names' }, heading, note), busy, pin, iconButton('maximize', `Open ${acts.title()} in full screen`, acts.open), menu),
    chart.element,
    numbers,
    corner,
  );

  const names = (): void => {
    const title = acts.title();
    if (heading.textContent !== title) {
      heading.textContent = title;
      heading.title = acts.subtitle() || title;
      element.setAttribute('aria-label', title);
      numbers.setAttribute('aria-label', `Numbers of ${title}`);
    }
    const pinned = acts.isPinned();
    pin.classList.toggle('active', pinned);
    pin.setAttribute('aria-pressed', String(pinned));
    pin.setAttribute('aria-label', `Pin ${title}`);
    pin.title = pinned ? 'Unpin' : 'Pin to the top';
  };
  names();

  return {
    element,
    title: acts.title,
    put(at) {
      element.style.transform = `translate(${at.left}px, ${at.top}px)`;
      element.style.width = `${at.width}px`;
      element.style.height = `${at.height}px`;
    },
    update() {
      names();
      chart.update();
    },
    reload() {
      chart.update();
      if (!numbers.hidden) replace(numbers, ...tableElements(chart.table()));
    },
    stop() {
      clearTimeout(waiting);
      chart.stop();
      element.remove();
    },
  };
}

function sizeByPointer(event: PointerEvent, element: HTMLElement, acts: PanelActs): void {
  if (event.button !== 0) return;
  event.preventDefault();
  const corner = event.currentTarget as HTMLElement;
  const began = { x: event.clientX, y: event.clientY, width: element.offsetWidth, height: element.offsetHeight, ...acts.span() };
  const [column, row] = [began.width / began.columns, began.height / began.rows];
  corner.setPointerCapture(event.pointerId);
  const sized = (now: PointerEvent): Span => ({
    columns: Math.max(1, Math.round((began.width + now.clientX - began.x) / column)),
    rows: Math.max(1, Math.round((began.height + now.clientY - began.y) / row)),
  });
  const move = (now: PointerEvent): void => acts.resize(sized(now));
  const end = (): void => {
    corner.removeEventListener('pointermove', move);
    corner.removeEventListener('pointerup', end);
    corner.removeEventListener('pointercancel', end);
  };
  corner.addEventListener('pointermove', move);
  corner.addEventListener('pointerup', end);
  corner.addEventListener('pointercancel', end);
}

export function tableElements({ columns, rows }: Table): HTMLElement[] {
  const head = h('thead', {}, h('tr', {}, ...columns.map((column) => h('th', { scope: 'col' }, column))));
  const body = rows.slice(0, SHOWN_ROWS).map((row) => h('tr', {}, ...row.map((cell) => h('td', {}, typeof cell === 'number' ? number(cell) : String(cell ?? '–')))));
  const made: HTMLElement[] = [h('table', { class: 'table table-sm table-vcenter card-table' }, head, h('tbody', {}, ...body))];
  if (rows.length > SHOWN_ROWS) {
    made.push(h('p', { class: 'text-secondary small m-2' }, `${number(SHOWN_ROWS)} of ${number(rows.length)} rows; all of them are in the CSV file.`));
  }
  return made;
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast('The link has been copied.', 'success');
  } catch {
    // Without HTTPS, on a machine other than this one, there is no clipboard.
    toast(`The browser does not let the studio copy. The link: ${text}`, 'warning');
  }
}
