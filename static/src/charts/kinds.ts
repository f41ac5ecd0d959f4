/** Which chart a kind of panel is. */

import { KINDS } from './adding';
import { bars } from './bars';
import { boxes } from './boxes';
import type { Chart, Place, Words } from './chart';
import { fieldTitle } from './fields';
import { importanceChart } from './importanceChart';
import { linePanel } from './linePanel';
import { parallel } from './parallel';
import { scatter } from './scatter';
import type { Added, PanelKind } from './state';

export interface KindOptions {
  id: string;
  added(): Added | undefined;
  width(): number;
  large: boolean;
  change(make: (added: Added) => Added): void;
}

const CHARTS: Record<PanelKind, (place: Place, words: Words, o: KindOptions) => Chart> = {
  line: (place, words, o) => linePanel(place, words, { id: o.id, keys: () => o.added()?.list ?? [], width: o.width, large: o.large }),
  bars,
  scatter,
  parallel,
  boxes,
  importance: importanceChart,
};

export function chartOf(place: Place, words: Words, o: KindOptions): Chart {
  return CHARTS[o.added()?.kind ?? 'line'](place, words, o);
}

export function titleOf({ kind, list, fields }: Added): string {
  const name = (which: string): string => fieldTitle(fields[which] ?? '');
  switch (kind) {
    case 'line':
      return list.join(', ') || KINDS.line.title;
    case 'bars':
      return name('metric') || KINDS.bars.title;
    case 'scatter':
      return fields.x && fields.y ? `${name('y')} against ${name('x')}` : KINDS.scatter.title;
    case 'parallel':
      return KINDS.parallel.title;
    case 'boxes':
      return fields.metric && fields.by ? `${name('metric')} by ${name('by')}` : KINDS.boxes.title;
    case 'importance':
      return fields.metric ? `What made the difference in ${name('metric')}` : KINDS.importance.title;
  }
}
