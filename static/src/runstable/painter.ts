/**
 * Draws rows: keeps the elements of those that stay in sight, changes only what is different in them, and takes the
 * elements of rows that went out of sight for those that come. What happens here happens in every frame of a scroll.
 */

import { colorOf } from '../charts/colors';
import { h } from '../runs/dom';
import { COUNTS_ON, type Shown, bandShown, shown } from './cells';
import { isNumeric } from './fields';
import { RunLead, groupLead, write } from './leads';
import type { GroupRow, RunRow } from './query';
import type { Span } from './source';

export const HEIGHT = 32;
const SETTLED = 150; // ms without another frame

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

interface DrawnCell {
  element: HTMLElement;
  at: number;
  left: number;
  width: number;
  /** Of what the text was made; the same again needs no look. */
  of: RunRow | GroupRow | null;
  version: number;
  text: string | null;
}

interface Drawn {
  element: HTMLElement;
  lead: HTMLElement;
  run: RunLead;
  cells: Map<string, DrawnCell>;
  signs: Record<string, string | number>;
  shows: string; // which run or group
  used: boolean;
}

export class Painter {
  private drawn = new Map<string, Drawn>();
  private spare: Drawn[] = [];
  private settle: ReturnType<typeof setTimeout> | undefined;
  private order: string[] = [];

  constructor(
    private readonly body: HTMLElement,
    private readonly prefix: string,
  ) {}

  paint(lines: Line[], layout: Layout, marks: Marks, now: number): void {
    for (const one of this.drawn.values()) one.used = false;
    const keys = lines.map(keyOf);
    for (const key of keys) {
      const there = this.drawn.get(key);
      if (there) there.used = true;
    }
    for (const [key, one] of this.drawn) {
      if (one.used) continue;
      this.drawn.delete(key);
      this.spare.push(one);
    }
    for (const [at, line] of lines.entries()) {
      const key = keys[at] as string;
      let one = this.drawn.get(key);
      if (!one) {
        one = this.spare.pop() ?? make();
        this.drawn.set(key, one);
        if (!one.element.isConnected) this.body.append(one.element);
      }
      this.update(one, line, layout, marks, now, key);
    }
    for (const one of this.spare) one.element.remove();
    if (this.spare.length > 40) this.spare.length = 40;
    this.order = keys;
    clearTimeout(this.settle);
    this.settle = setTimeout(() => this.sort(), SETTLED);
  }

  /** In the order of the rows, for who reads the page and does not see it. Moving elements is dear, so once it is quiet. */
  private sort(): void {
    let before: Element | null = null;
    for (const key of this.order) {
      const element = this.drawn.get(key)?.element;
      if (!element) continue;
      const place: Element | null = before ? before.nextElementSibling : this.body.firstElementChild;
      if (place !== element) this.body.insertBefore(element, place);
      before = element;
    }
  }

  private update(one: Drawn, line: Line, layout: Layout, marks: Marks, now: number, key: string): void {
    const { element } = one;
    const { content, row } = line;
    const same = one.shows === key;
    one.shows = key;
    if (changed(one, 'place', line.top)) element.style.transform = `translateY(${line.top}px)`;
    if (changed(one, 'width', layout.width)) element.style.width = `${layout.width}px`;
    if (changed(one, 'row', row)) {
      element.dataset.row = String(row);
      element.setAttribute('aria-rowindex', String(row + 2));
    }
    const run = content.kind === 'run' ? content.run : null;
    const chosen = run !== null && marks.selected(run.run_id);
    const off = run !== null && marks.hidden(run.run_id);
    const hovered = run !== null && marks.hovered === run.run_id;
    const pinned = run !== null && marks.pinned(run.run_id);
    const look = `rt-row${chosen ? ' is-selected' : ''}${off ? ' is-hidden' : ''}${hovered ? ' is-hovered' : ''}${content.kind === 'group' ? ' is-group' : ''}${row % 2 ? ' is-odd' : ''}`;
    if (changed(one, 'look', look)) element.className = look;
    if (changed(one, 'run', run?.run_id ?? '')) {
      if (run) element.dataset.run = run.run_id;
      else delete element.dataset.run;
    }
    flag(one, 'aria-selected', run ? String(chosen) : null);
    flag(one, 'aria-expanded', content.kind === 'group' ? String(content.open) : null);
    if (changed(one, 'nameWidth', layout.nameWidth)) one.lead.style.width = `${layout.nameWidth}px`;
    this.activate(one, 'lead', one.lead, row, 0, marks);
    if (run) {
      one.run.show(run, { chosen, off, pinned, color: marks.color(run.run_id) ?? colorOf(run.run_id), inGroup: content.kind === 'run' && content.inGroup });
      if (changed(one, 'leads', 'run')) one.lead.replaceChildren(one.run.element);
    } else if (content.kind === 'group') {
      if (changed(one, 'leads', `${key} ${content.group.count} ${content.open}`)) one.lead.replaceChildren(...groupLead(content.group, content.open));
    } else if (changed(one, 'leads', 'waiting')) one.lead.replaceChildren(h('span', { class: 'rt-waiting' }));
    this.cells(one, line, layout, marks, now, same);
  }

  private cells(one: Drawn, { content, row }: Line, layout: Layout, marks: Marks, now: number, same: boolean): void {
    const { first, last } = layout.inSight;
    const of = content.kind === 'run' ? content.run : content.kind === 'group' ? content.group : null;
    const version = content.kind === 'run' ? (content.run.version ?? 0) : 0;
    for (let at = first; at < last; at += 1) {
      const name = layout.columns[at] as string;
      let cell = one.cells.get(name);
      if (!cell) {
        const element = h('div', { class: isNumeric(name) ? 'rt-cell is-number' : 'rt-cell', role: 'gridcell', 'data-field': name });
        cell = { element, at: -1, left: -1, width: -1, of: null, version: -1, text: '' };
        one.cells.set(name, cell);
        one.element.append(element);
      }
      const { element } = cell;
      const left = layout.places[at] as number;
      const width = (layout.places[at + 1] as number) - left;
      if (cell.at !== at) element.setAttribute('aria-colindex', String(at + 2));
      if (cell.left !== left) element.style.left = `${left}px`;
      if (cell.width !== width) element.style.width = `${width}px`;
      cell.at = at;
      cell.left = left;
      cell.width = width;
      this.activate(one, name, element, row, at + 1, marks);
      if (cell.of === of && cell.version === version && of !== null && !COUNTS_ON.has(name)) continue;
      cell.of = of;
      cell.version = version;
      const value: Shown | null = content.kind === 'run' ? shown(name, content.run, now) : content.kind === 'group' ? groupCell(name, content.group) : null;
      const text = value === null ? null : value.node ? `\u0000${value.text}` : value.text;
      if (text === cell.text) continue;
      const before = cell.text;
      cell.text = text;
      if (value?.node) element.replaceChildren(value.node());
      else write(element, value?.text ?? '');
      if ((text === null) !== (before === null)) element.classList.toggle('rt-empty', text === null);
      // What was read on its way in is no news; what changes under one's eyes is.
      if (same && before && content.kind === 'run' && !COUNTS_ON.has(name)) blink(element);
      else if (!same) element.classList.remove('rt-new');
    }
    if (one.cells.size === last - first) return;
    for (const [name, cell] of one.cells) {
      if (cell.at >= first && cell.at < last && layout.columns[cell.at] === name) continue;
      cell.element.remove();
      one.cells.delete(name);
    }
  }

  /** Only the cell that the keyboard is at has an id: what points to it is one attribute of the grid. */
  private activate(one: Drawn, what: string, element: HTMLElement, row: number, column: number, marks: Marks): void {
    const active = marks.active.row === row && marks.active.column === column;
    if (active === (one.signs[`at ${what}`] === 'active') && !active) return;
    one.signs[`at ${what}`] = active ? 'active' : '';
    element.classList.toggle('is-active', active);
    if (active) element.id = `${this.prefix}-${row}-${column}`;
    else element.removeAttribute('id');
  }
}

function make(): Drawn {
  const lead = h('div', { class: 'rt-lead', role: 'gridcell', 'aria-colindex': 1 });
  const element = h('div', { class: 'rt-row', role: 'row' }, lead);
  return { element, lead, run: new RunLead(), cells: new Map(), signs: {}, shows: '', used: true };
}

function keyOf({ row, content }: Line): string {
  if (content.kind === 'run') return `run ${content.run.run_id} ${content.inGroup ? row : ''}`;
  return content.kind === 'group' ? `group ${JSON.stringify(content.group.values)}` : `waiting ${row}`;
}

function changed(one: Drawn, what: string, sign: string | number): boolean {
  if (one.signs[what] === sign) return false;
  one.signs[what] = sign;
  return true;
}

function flag(one: Drawn, name: string, value: string | null): void {
  if (!changed(one, name, value ?? '')) return;
  if (value === null) one.element.removeAttribute(name);
  else one.element.setAttribute(name, value);
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
