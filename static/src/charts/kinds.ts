/** Which chart a kind of panel is. */

import { KINDS } from './adding';
import type { Chart, Place, Words } from './chart';
import { linePanel } from './linePanel';
import type { Added } from './state';

export interface KindOptions {
  id: string;
  added(): Added | undefined;
  width(): number;
  large: boolean;
  change(make: (added: Added) => Added): void;
}

export function chartOf(place: Place, words: Words, o: KindOptions): Chart {
  return linePanel(place, words, { id: o.id, keys: () => o.added()?.list ?? [], width: o.width, large: o.large });
}

export function titleOf(added: Added): string {
  return added.list.join(', ') || KINDS[added.kind].title;
}
