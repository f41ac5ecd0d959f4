/** What stands at the left of a row: the run's name and what can be done with it, or the values of a group. */

import { h, icon } from '../runs/dom';
import { titleOf } from './fields';
import type { GroupRow, RunRow } from './query';

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

export interface LeadMarks {
  chosen: boolean;
  off: boolean;
  pinned: boolean;
  color: string;
  charts: boolean;
  inGroup: boolean;
}

export function runLead(run: RunRow, marks: LeadMarks): Node[] {
  const box = h('span', { class: 'rt-box', 'data-act': 'select', role: 'checkbox', 'aria-checked': String(marks.chosen), 'aria-label': `Choose ${run.name}` }, marks.chosen ? icon('check') : null);
  const color = act('color', null, `Colour of ${run.name}`, 'rt-dot');
  color.style.setProperty('--dot', marks.color);
  const name = h('a', { class: 'rt-name', href: `${run.run_id}/`, tabindex: -1, title: run.name }, run.name || '(no name)');
  return [
    ...(marks.inGroup ? [h('span', { class: 'rt-indent' })] : []),
    box,
    act('hide', marks.off ? 'eye-off' : 'eye', marks.off ? `Show ${run.name} in the charts` : `Hide ${run.name} from the charts`),
    color,
    name,
    ...(run.nested_count ? [h('span', { class: 'badge rt-count', title: 'Runs nested in this one' }, `+${run.nested_count}`)] : []),
    ...(run.deleted ? [icon('trash', 'text-secondary')] : run.archived ? [icon('archive', 'text-secondary')] : []),
    act('star', run.starred ? null : 'star', run.starred ? `Take the star off ${run.name}` : `Star ${run.name}`, run.starred ? 'is-on rt-star' : ''),
    act('pin', marks.pinned ? 'pinned' : 'pin', marks.pinned ? `Unpin ${run.name}` : `Pin ${run.name} to the top`, marks.pinned ? 'is-on' : ''),
  ];
}

/** Without an icon the style sheet draws it. */
function act(what: string, name: string | null, label: string, extra = ''): HTMLElement {
  return h('button', { type: 'button', class: `rt-act ${extra}`.trim(), 'data-act': what, tabindex: -1, title: label, 'aria-label': label }, name ? icon(name) : null);
}
