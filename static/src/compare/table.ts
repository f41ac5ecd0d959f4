/** The table of runs: values against those of the base run, extremes marked, either way round. */

import { colorOf } from '../charts/colors';
import { hover } from '../charts/hover';
import { number } from '../app/format';
import { empty, h, icon } from '../runs/dom';
import { lookOf } from '../runs/states';
import { grid, type Grid } from './grid';
import { delta, differs, type Extreme, extremes, longAt, type Row, sameAsBase, SECTIONS, type SectionId, textAt } from './rows';
import type { RunHead } from './wire';

export interface TableContext {
  runAddress: (run: RunHead) => string;
  makeBase: (id: string) => void;
  remove: (id: string) => void;
  move: (id: string, to: number) => void;
  toggle: (section: SectionId) => void;
  openLong: (row: Row, at: number) => void;
}

export interface TableWish {
  /** Every row that is wanted, those of closed sections too. */
  rows: readonly Row[];
  all: readonly Row[];
  runs: readonly RunHead[];
  /** Places among `runs`, the base first. */
  order: readonly number[];
  closed: readonly SectionId[];
  transposed: boolean;
}

type Line = { section: SectionId; title: string; shown: number; all: number } | Row;
const isRow = (line: Line): line is Row => 'kind' in line;

const ROW = 36;
const HEAD = 84;

export interface TableView {
  element: HTMLElement;
  show: (wish: TableWish) => void;
  stop: () => void;
}

export function tableView(context: TableContext): TableView {
  const body: Grid = grid();
  const nothing = h('div', { hidden: true }, empty('No row to show', 'Switch “Only differences” off, search for something else, or open a section.'));
  const element = h('div', { class: 'cmp-table' }, body.element, nothing);
  const unsubscribe = hover.subscribe(mark);
  function mark(run: string | null): void {
    for (const cell of body.element.querySelectorAll<HTMLElement>('[data-run]')) cell.classList.toggle('is-hovered', cell.dataset.run === run);
  }
  const pointed = (event: Event): void => {
    const run = (event.target as Element).closest<HTMLElement>('[data-run]')?.dataset.run;
    if (run) hover.set(run);
  };
  body.element.addEventListener('pointerover', pointed);
  body.element.addEventListener('pointerleave', () => hover.set(null));

  return {
    element,
    stop: () => {
      unsubscribe();
      body.stop();
    },
    show: (wish) => {
      const known = new Map<Row, Extreme>();
      const extremeOf = (row: Row): Extreme => {
        if (!known.has(row)) known.set(row, extremes(row, wish.order));
        return known.get(row)!;
      };
      const base = wish.order[0];
      const runAt = (column: number): number => wish.order[column];
      const open = wish.rows.filter((row) => !wish.closed.includes(row.section));
      const narrow = body.element.clientWidth > 0 && body.element.clientWidth < 700;
      const runHead = (column: number): HTMLElement => headOf(wish.runs[runAt(column)], column, wish.order.length, wish.transposed, context);
      const cell = (row: Row, column: number): HTMLElement => cellOf(row, runAt(column), base, extremeOf(row), wish.runs[runAt(column)], context);
      body.element.hidden = wish.transposed ? !open.length : !wish.rows.length;
      nothing.hidden = !body.element.hidden;
      if (wish.transposed) {
        body.show({
          label: 'Compared runs, a row for each',
          rows: wish.order.length, columns: open.length, rowHeight: 64, headHeight: 60, columnWidth: 200, nameWidth: narrow ? 190 : 260,
          pinned: wish.order.length > 1 ? 'row' : null,
          corner: () => h('div', { class: 'text-secondary' }, `${number(wish.order.length)} runs`),
          head: (column) => nameOf(open[column], differs(open[column], wish.order), true),
          name: runHead,
          cell: (row, column) => cell(open[column], row),
        }); // prettier-ignore
        return;
      }
      const lines = linesOf(wish);
      body.show({
        label: 'Compared runs, a column for each',
        rows: lines.length, columns: wish.order.length, rowHeight: ROW, headHeight: HEAD, columnWidth: narrow ? 190 : 240, nameWidth: narrow ? 170 : 260,
        pinned: wish.order.length > 1 ? 'column' : null,
        corner: () => h('div', { class: 'text-secondary' }, `${number(wish.order.length)} ${wish.order.length === 1 ? 'run' : 'runs'}`),
        head: runHead,
        name: (at) => nameOf(lines[at] as Row, differs(lines[at] as Row, wish.order), false),
        cell: (at, column) => cell(lines[at] as Row, column),
        wide: (at) => {
          const line = lines[at];
          return isRow(line) ? null : sectionHead(line, wish.closed.includes(line.section), context);
        },
      }); // prettier-ignore
    },
  };
}

function linesOf({ rows, all, closed }: TableWish): Line[] {
  return SECTIONS.flatMap(({ id, title }): Line[] => {
    const mine = rows.filter((row) => row.section === id);
    const total = all.filter((row) => row.section === id).length;
    if (!mine.length) return [];
    return [{ section: id, title, shown: mine.length, all: total }, ...(closed.includes(id) ? [] : mine)];
  });
}

function sectionHead(line: Exclude<Line, Row>, closed: boolean, context: TableContext): HTMLElement {
  const count = line.shown === line.all ? number(line.all) : `${number(line.shown)} of ${number(line.all)}`;
  return h(
    'div',
    {},
    h(
      'button',
      { type: 'button', class: 'cmp-section', 'aria-expanded': String(!closed), 'data-keep': `section ${line.section}`, onclick: () => context.toggle(line.section) },
      icon(closed ? 'chevron-right' : 'chevron-down'),
      h('span', { class: 'fw-bold' }, line.title),
      h('span', { class: 'text-secondary small' }, `${count} ${line.all === 1 ? 'row' : 'rows'}`),
    ),
  );
}

function nameOf(row: Row, differ: boolean, withSection: boolean): HTMLElement {
  const title = row.key;
  const section = SECTIONS.find((one) => one.id === row.section)!.title;
  return h(
    'div',
    { class: 'cmp-rowname', title: row.key },
    withSection && h('span', { class: 'cmp-over' }, section),
    h('span', { class: 'cmp-key' }, title),
    differ && h('span', { class: 'cmp-differs', title: 'The runs differ here' }, icon('arrows-diff'), h('span', { class: 'visually-hidden' }, ' differs')),
  );
}

function headOf(run: RunHead, column: number, count: number, transposed: boolean, context: TableContext): HTMLElement {
  const look = lookOf(run.status);
  const isBase = column === 0;
  const act = (name: string, label: string, key: string, run_: () => void, disabled = false): HTMLElement =>
    h('button', { type: 'button', class: 'cmp-act', title: label, 'aria-label': `${label}: ${run.name}`, 'data-keep': `${key} ${run.run_id}`, disabled, onclick: run_ }, icon(name));
  const dot = h('span', { class: 'cmp-dot', 'aria-hidden': 'true' });
  dot.style.background = colorOf(run.run_id);
  const element = h(
    'div',
    { class: `cmp-run ${isBase ? 'is-base' : ''}`, 'data-run': run.run_id, draggable: 'true' },
    h(
      'div',
      { class: 'cmp-runline' },
      dot,
      h('a', { class: 'cmp-runname', href: context.runAddress(run), title: `${run.name} · ${run.run_id}`, draggable: 'false' }, run.name),
    ),
    h(
      'div',
      { class: 'cmp-runline small' },
      h('span', { class: `text-${look.tone}`, title: look.word }, icon(look.icon), ` ${look.word}`),
      // Runs of one pipeline bear one name.
      h('span', { class: 'text-secondary font-monospace', title: `Run ${run.run_id}` }, run.run_id.slice(0, 6)),
      run.archived && h('span', { class: 'text-secondary', title: 'Archived: out of the lists' }, icon('archive'), h('span', { class: 'visually-hidden' }, 'Archived')),
      run.deleted && h('span', { class: 'text-red', title: 'In the bin: it will be removed for good' }, icon('trash'), ' In the bin'),
      isBase && h('span', { class: 'badge bg-primary-lt' }, icon('flag', 'me-1'), 'Base'),
    ),
    h(
      'div',
      { class: 'cmp-acts' },
      !isBase && act('flag', 'Compare the others with this run', 'base', () => context.makeBase(run.run_id)),
      !isBase && act(transposed ? 'chevron-up' : 'chevron-left', 'Move towards the base', 'back', () => context.move(run.run_id, column - 1), column < 2),
      !isBase && act(transposed ? 'chevron-down' : 'chevron-right', 'Move away from the base', 'on', () => context.move(run.run_id, column + 1), column === count - 1),
      act('x', 'Take this run out of the comparison', 'out', () => context.remove(run.run_id)),
    ),
  );
  draggable(element, run.run_id, column, context);
  return element;
}

const KIND = 'application/x-atelier-run';

function draggable(element: HTMLElement, id: string, column: number, context: TableContext): void {
  element.addEventListener('dragstart', (event) => {
    event.dataTransfer?.setData(KIND, id);
    if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move';
    element.classList.add('is-dragged');
  });
  element.addEventListener('dragend', () => element.classList.remove('is-dragged'));
  element.addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes(KIND)) return;
    event.preventDefault();
    element.classList.add('is-target');
  });
  element.addEventListener('dragleave', () => element.classList.remove('is-target'));
  element.addEventListener('drop', (event) => {
    element.classList.remove('is-target');
    const dropped = event.dataTransfer?.getData(KIND);
    if (!dropped || dropped === id) return;
    event.preventDefault();
    context.move(dropped, column);
  });
}

function cellOf(row: Row, at: number, base: number, extreme: Extreme, run: RunHead, context: TableContext): HTMLElement {
  const text = textAt(row, at);
  const isBase = at === base;
  const same = !isBase && sameAsBase(row, at, base);
  const long = longAt(row, at);
  const change = isBase || same ? '' : delta(row, at, base);
  const marks = row.kind === 'number' ? marksOf(row.values[at], row.better, extreme) : [];
  const classes = [same ? 'is-same' : '', !isBase && !same ? 'is-other' : '', text === null ? 'is-absent' : '', row.kind === 'number' ? 'is-number' : ''];
  const content = long
    ? h('button', { type: 'button', class: 'cmp-long', 'data-keep': `long ${row.id} ${run.run_id}`, title: 'Show all of it, beside the base run', onclick: () => context.openLong(row, at) }, h('span', { class: 'cmp-value' }, long.start), h('span', { class: 'text-secondary small text-nowrap' }, `${number(long.length)} characters`))
    : h('span', { class: 'cmp-value', title: text ?? 'Not there' }, text === '' ? '(empty)' : (text ?? '–'), text === null && h('span', { class: 'visually-hidden' }, ' not there'));
  return h(
    'div',
    { class: classes.filter(Boolean).join(' '), 'data-run': run.run_id, 'data-row': row.id },
    content,
    ...marks,
    change && h('span', { class: 'cmp-delta', title: 'Against the base run' }, change),
    !isBase && !same && !change && text !== null && h('span', { class: 'cmp-differs', title: 'Not as in the base run' }, icon('arrows-diff'), h('span', { class: 'visually-hidden' }, ' differs from the base')),
  );
}

function marksOf(value: number | null, better: 'min' | 'max' | null, extreme: Extreme): HTMLElement[] {
  if (!extreme || value === null || (value !== extreme.low && value !== extreme.high)) return [];
  const isLow = value === extreme.low;
  const best = better && (better === 'min') === isLow;
  return [
    h(
      'span',
      { class: `cmp-extreme ${best ? 'is-best' : ''}`, title: `${isLow ? 'The smallest' : 'The largest'} of the row${best ? ', which is the best' : ''}` },
      icon(best ? 'trophy' : isLow ? 'arrow-down' : 'arrow-up'),
      isLow ? 'min' : 'max',
    ),
  ];
}
