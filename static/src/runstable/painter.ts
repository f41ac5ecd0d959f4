/**
 * Draws rows: keeps the elements of those that stay in sight, changes only what is different in them, and takes the
 * elements of rows that went out of sight for those that come.
 */

import { colorOf } from '../charts/colors';
import { h } from '../runs/dom';
import { type Shown, bandShown, shown } from './cells';
import { isNumeric } from './fields';
import { groupLead, runLead } from './leads';
import type { GroupRow, RunRow } from './query';
import type { Span } from './source';

export const HEIGHT = 32;
/** What changes with the clock is no news. */
const COUNTS_ON = new Set(['attributes.duration', 'attributes.created', 'attributes.started', 'attributes.ended']);

export interface Layout {
  columns: string[];
  /** Left edges of the columns behind the name, and the right edge of the last. */
  places: number[];
  nameWidth: number;
  width: number;
  inSight: Span;
}

export interface Marks {
  selected(run_id: string): boolean;
  hidden(run_id: string): boolean;
  pinned(run_id: string): boolean;
  color(run_id: string): string | undefined;
  hovered: string | null;
  charts: boolean; // whether there is something to hide from
  active: { row: number; column: number };
}

export type Content =
  | { kind: 'run'; run: RunRow; inGroup: boolean }
  | { kind: 'group'; group: GroupRow; open: boolean }
  | { kind: 'waiting' };

export interface Line {
  row: number;
  top: number;
  content: Content;
}

interface Drawn {
  element: HTMLElement;
  lead: HTMLElement;
  cells: Map<string, { element: HTMLElement; sign: string }>;
  signs: Record<string, string>;
  shows: string; // which run or group
  used: boolean;
}

export class Painter {
  private drawn = new Map<string, Drawn>();
  private spare: Drawn[] = [];

  constructor(
    private readonly body: HTMLElement,
    private readonly prefix: string,
  ) {}

  paint(lines: Line[], layout: Layout, marks: Marks, now: number): void {
    for (const one of this.drawn.values()) one.used = false;
    const wanted = lines.map((line) => ({ line, key: keyOf(line) }));
    for (const { key } of wanted) {
      const there = this.drawn.get(key);
      if (there) there.used = true;
    }
    for (const [key, one] of this.drawn) {
      if (one.used) continue;
      this.drawn.delete(key);
      this.spare.push(one);
    }
    for (const { line, key } of wanted) {
      let one = this.drawn.get(key);
      if (!one) {
        one = this.spare.pop() ?? this.make();
        this.drawn.set(key, one);
      }
      this.update(one, line, layout, marks, now, key);
    }
    // In the order of the rows, for who reads the page and does not see it; nothing moves where it is so already.
    let before: Element | null = null;
    for (const { key } of wanted) {
      const { element } = this.drawn.get(key) as Drawn;
      const place: Element | null = before ? before.nextElementSibling : this.body.firstElementChild;
      if (place !== element) this.body.insertBefore(element, place);
      before = element;
    }
    for (const one of this.spare) one.element.remove();
    if (this.spare.length > 40) this.spare.length = 40;
  }

  private make(): Drawn {
    const lead = h('div', { class: 'rt-lead', role: 'gridcell', 'aria-colindex': 1 });
    const element = h('div', { class: 'rt-row', role: 'row' }, lead);
    return { element, lead, cells: new Map(), signs: {}, shows: '', used: true };
  }

  private update(one: Drawn, line: Line, layout: Layout, marks: Marks, now: number, key: string): void {
    const { element } = one;
    const { content, row } = line;
    const same = one.shows === key;
    one.shows = key;
    put(one, 'place', `${line.top}`, () => (element.style.transform = `translateY(${line.top}px)`));
    put(one, 'width', `${layout.width}`, () => (element.style.width = `${layout.width}px`));
    put(one, 'row', `${row}`, () => {
      element.dataset.row = String(row);
      element.setAttribute('aria-rowindex', String(row + 2));
      one.lead.id = `${this.prefix}-${row}-0`;
    });
    const run = content.kind === 'run' ? content.run : null;
    const chosen = run ? marks.selected(run.run_id) : false;
    const off = run ? marks.hidden(run.run_id) : false;
    const hovered = run !== null && marks.hovered === run.run_id;
    const look = `rt-row${chosen ? ' is-selected' : ''}${off ? ' is-hidden' : ''}${hovered ? ' is-hovered' : ''}${content.kind === 'group' ? ' is-group' : ''}${run && marks.pinned(run.run_id) ? ' is-pinned' : ''}${row % 2 ? ' is-odd' : ''}`;
    put(one, 'look', look, () => (element.className = look));
    put(one, 'run', run?.run_id ?? '', () => (run ? (element.dataset.run = run.run_id) : delete element.dataset.run));
    if (run) put(one, 'chosen', String(chosen), () => element.setAttribute('aria-selected', String(chosen)));
    else put(one, 'chosen', '', () => element.removeAttribute('aria-selected'));
    if (content.kind === 'group') put(one, 'expanded', String(content.open), () => element.setAttribute('aria-expanded', String(content.open)));
    else put(one, 'expanded', '', () => element.removeAttribute('aria-expanded'));
    this.lead(one, content, layout, marks, row);
    this.cells(one, line, layout, marks, now, same);
  }

  private lead(one: Drawn, content: Content, layout: Layout, marks: Marks, row: number): void {
    put(one, 'nameWidth', String(layout.nameWidth), () => (one.lead.style.width = `${layout.nameWidth}px`));
    const active = marks.active.row === row && marks.active.column === 0;
    put(one, 'activeLead', String(active), () => one.lead.classList.toggle('is-active', active));
    if (content.kind === 'waiting') {
      put(one, 'lead', 'waiting', () => one.lead.replaceChildren(h('span', { class: 'rt-waiting' })));
      return;
    }
    if (content.kind === 'group') {
      const { group, open } = content;
      put(one, 'lead', `group ${JSON.stringify(group.values)} ${group.count} ${open}`, () => one.lead.replaceChildren(...groupLead(group, open)));
      return;
    }
    const { run } = content;
    const chosen = marks.selected(run.run_id);
    const off = marks.hidden(run.run_id);
    const pinned = marks.pinned(run.run_id);
    const color = marks.color(run.run_id) ?? colorOf(run.run_id);
    const sign = JSON.stringify([run.run_id, run.name, run.starred, run.nested_count, run.deleted, run.archived, chosen, off, pinned, color, marks.charts, content.inGroup]);
    put(one, 'lead', sign, () => one.lead.replaceChildren(...runLead(run, { chosen, off, pinned, color, charts: marks.charts, inGroup: content.inGroup })));
  }

  private cells(one: Drawn, line: Line, layout: Layout, marks: Marks, now: number, same: boolean): void {
    const { content, row } = line;
    const wanted = new Set<string>();
    for (let at = layout.inSight.first; at < layout.inSight.last; at += 1) {
      const name = layout.columns[at] as string;
      wanted.add(name);
      const value: Shown | null =
        content.kind === 'run' ? shown(name, content.run, now) : content.kind === 'group' ? groupCell(name, content.group) : null;
      const active = marks.active.row === row && marks.active.column === at + 1;
      const left = layout.places[at] as number;
      const width = (layout.places[at + 1] as number) - left;
      const place = `${left} ${width} ${at} ${row} ${active}`;
      let cell = one.cells.get(name);
      if (!cell) {
        const element = h('div', { class: isNumeric(name) ? 'rt-cell is-number' : 'rt-cell', role: 'gridcell' });
        element.dataset.field = name;
        cell = { element, sign: '' };
        one.cells.set(name, cell);
        one.element.append(element);
      }
      const { element } = cell;
      const [before = '', text = ''] = cell.sign.split('\n', 2) as [string, string?];
      if (before !== place) {
        element.style.left = `${left}px`;
        element.style.width = `${width}px`;
        element.setAttribute('aria-colindex', String(at + 2));
        element.id = `${this.prefix}-${row}-${at + 1}`;
        element.classList.toggle('is-active', active);
      }
      const now_ = value === null ? '\u0000' : `${content.kind}${value.text.replaceAll('\n', ' ')}`;
      if (text !== now_ || cell.sign === '') {
        if (value?.node) element.replaceChildren(value.node());
        else element.textContent = value?.text ?? '';
        element.classList.toggle('rt-empty', value === null);
        if (value?.title) element.title = value.title;
        else element.removeAttribute('title');
        // What was read on its way in is no news; what changes under one's eyes is.
        if (same && text && text !== '\u0000' && content.kind === 'run' && !COUNTS_ON.has(name)) blink(element);
      }
      cell.sign = `${place}\n${now_}`;
    }
    for (const [name, cell] of one.cells) {
      if (wanted.has(name)) continue;
      cell.element.remove();
      one.cells.delete(name);
    }
  }
}

function keyOf({ row, content }: Line): string {
  if (content.kind === 'run') return `run ${content.run.run_id} ${content.inGroup ? row : ''}`;
  return content.kind === 'group' ? `group ${JSON.stringify(content.group.values)}` : `waiting ${row}`;
}

/** Do it where it was not done before. */
function put(one: Drawn, what: string, sign: string, act: () => void): void {
  if (one.signs[what] === sign) return;
  one.signs[what] = sign;
  act();
}

function blink(element: HTMLElement): void {
  element.classList.remove('rt-new');
  void element.offsetWidth;
  element.classList.add('rt-new');
}

function groupCell(name: string, group: GroupRow): Shown | null {
  if (name in group.metrics) return bandShown(group.metrics[name]);
  return name.startsWith('metrics.') ? null : { text: '' };
}
