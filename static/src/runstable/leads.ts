/** What stands at the left of a row: the run's name and what can be done with it, or the values of a group. */

import { h, icon } from '../runs/dom';
import { titleOf } from './fields';
import type { GroupRow, RunRow } from './query';

export interface LeadMarks {
  chosen: boolean;
  off: boolean;
  pinned: boolean;
  color: string;
  inGroup: boolean;
}

/** Built once, then changed where a run differs from the one before: rows come and go by the dozen while one scrolls. */
export class RunLead {
  readonly element = h('div', { class: 'rt-lead-run' });
  private readonly box = h('span', { class: 'rt-box', 'data-act': 'select', role: 'checkbox', 'aria-label': 'Choose this run' }, icon('check'));
  private readonly eye = act('hide', 'eye', 'Hide from the charts');
  private readonly dot = act('color', null, 'Colour', 'rt-dot');
  private readonly name = h('a', { class: 'rt-name', tabindex: -1 }, '');
  private readonly nested = h('span', { class: 'badge rt-count', title: 'Runs nested in this one' });
  private readonly put = h('span', { class: 'text-secondary' });
  private readonly star = act('star', 'star', 'Star');
  private readonly pin = act('pin', 'pin', 'Pin to the top');
  private sign = '';

  constructor() {
    this.element.append(this.box, this.eye, this.dot, this.name, this.nested, this.put, this.star, this.pin);
  }

  show(run: RunRow, marks: LeadMarks): void {
    const sign = `${run.run_id} ${run.version} ${marks.chosen} ${marks.off} ${marks.pinned} ${marks.color} ${marks.inGroup} ${run.starred}`;
    if (sign === this.sign) return;
    this.sign = sign;
    set(this.box, 'aria-checked', String(marks.chosen));
    this.element.classList.toggle('is-indented', marks.inGroup);
    look(this.eye, marks.off ? 'eye-off' : 'eye', marks.off ? 'Show in the charts' : 'Hide from the charts', marks.off);
    this.dot.style.setProperty('--dot', marks.color);
    write(this.name, run.name || '(no name)');
    this.name.setAttribute('href', `${encodeURIComponent(run.run_id)}/`);
    this.nested.hidden = !run.nested_count;
    if (run.nested_count) write(this.nested, `+${run.nested_count}`);
    const away = run.deleted ? 'trash' : run.archived ? 'archive' : '';
    set(this.put, 'class', away ? `text-secondary ti ti-${away}` : '');
    this.put.hidden = !away;
    look(this.star, run.starred ? '' : 'star', run.starred ? 'Take the star off' : 'Star', run.starred);
    this.star.classList.toggle('rt-star', run.starred);
    look(this.pin, marks.pinned ? 'pinned' : 'pin', marks.pinned ? 'Unpin' : 'Pin to the top', marks.pinned);
  }
}

export function groupLead(group: GroupRow, open: boolean): Node[] {
  const words = Object.entries(group.values).map(([name, value]) =>
    h('span', { class: 'rt-group-value' }, h('span', { class: 'text-secondary' }, `${titleOf(name)} `), value === null || value === '' ? h('em', { class: 'text-secondary' }, 'none') : String(value)),
  );
  return [
    act('toggle', open ? 'chevron-down' : 'chevron-right', open ? 'Close the group' : 'Open the group'),
    h('span', { class: 'rt-group-words' }, ...words),
    h('span', { class: 'badge rt-count' }, group.count.toLocaleString('en-US')),
  ];
}

/** Without an icon the style sheet draws it. */
function act(what: string, name: string | null, label: string, extra = ''): HTMLElement {
  return h('button', { type: 'button', class: `rt-act ${extra}`.trim(), 'data-act': what, tabindex: -1, title: label, 'aria-label': label }, name === null ? null : icon(name));
}

function look(button: HTMLElement, name: string, label: string, on: boolean): void {
  if (button.firstElementChild) set(button.firstElementChild, 'class', name ? `ti ti-${name}` : '');
  set(button, 'aria-label', label);
  set(button, 'title', label);
  button.classList.toggle('is-on', on);
}

function set(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** In the text that is there: a new one would have to be laid out from nothing. */
export function write(element: HTMLElement, text: string): void {
  const { firstChild } = element;
  if (firstChild instanceof Text && !firstChild.nextSibling) {
    if (firstChild.data !== text) firstChild.data = text;
  } else element.textContent = text;
}
