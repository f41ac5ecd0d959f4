/** What can be done with a column. */

import { NAME_COLUMN, moved, replaced } from './columns';
import { STATS, STAT_WORDS, fieldOf, fullTitleOf, isNumeric, withStat } from './fields';
import { type Item, menu } from './popover';
import type { View } from './view';

export interface ColumnActions {
  change(part: Partial<View>): void;
  filter(): void;
}

export function columnMenu(anchor: HTMLElement, field: string, columns: string[], view: View, o: ColumnActions): void {
  const read = fieldOf(field);
  const at = columns.indexOf(field);
  const words = isNumeric(field) ? ['Smallest first', 'Largest first'] : ['First to last', 'Last to first'];
  const sorted = view.order.find((key) => key.field === field);
  const items: (Item | string | null)[] = [
    { text: words[0] as string, checked: sorted?.descending === false, act: () => o.change({ order: [{ field, descending: false }] }) },
    { text: words[1] as string, checked: sorted?.descending === true, act: () => o.change({ order: [{ field, descending: true }] }) },
    null,
    { text: 'Filter…', icon: 'filter', act: o.filter },
  ];
  if (read && read.kind !== 'metric' && field !== NAME_COLUMN) {
    items.push({ text: 'Group by it', icon: 'stack-2', disabled: view.groups.includes(field), act: () => o.change({ groups: [...view.groups, field] }) });
  }
  if (read?.kind === 'metric') {
    items.push(null, 'Show its value');
    for (const stat of STATS) {
      items.push({ text: STAT_WORDS[stat], checked: stat === read.stat, act: () => o.change({ columns: replaced(columns, field, withStat(field, stat)) }) });
    }
  }
  if (field !== NAME_COLUMN) {
    items.push(
      null,
      { text: 'Move to the front', icon: 'arrow-bar-to-left', disabled: at <= 0, act: () => o.change({ columns: moved(columns, field, columns[0] as string, false) }) },
      { text: 'Move to the end', icon: 'arrow-bar-to-right', disabled: at === columns.length - 1, act: () => o.change({ columns: moved(columns, field, columns.at(-1) as string, true) }) },
      { text: 'Take the column out', icon: 'x', act: () => o.change({ columns: columns.filter((column) => column !== field) }) },
    );
  }
  menu(anchor, `Column ${fullTitleOf(field)}`, items);
}
