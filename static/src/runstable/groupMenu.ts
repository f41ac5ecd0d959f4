/** By which fields the runs are grouped. */

import { h, icon } from '../runs/dom';
import { fieldPicker } from './fieldPicker';
import { fullTitleOf, titleOf } from './fields';
import { popover } from './popover';
import type { RunsApi } from './query';

const MOST = 4;

export interface GroupOptions {
  api: RunsApi;
  experiments(): string[];
  groups(): string[];
  changed(groups: string[]): void;
}

export function groupButton(o: GroupOptions): { button: HTMLButtonElement; show(): void } {
  const words = h('span', { class: 'text-truncate' }, 'Group');
  const button = h('button', { type: 'button', class: 'btn btn-sm rt-group-button', 'aria-haspopup': 'dialog', click: () => open(button, o) }, icon('stack-2', 'me-1'), words);
  return {
    button,
    show: () => {
      const groups = o.groups();
      words.textContent = groups.length ? `By ${groups.map(titleOf).join(', ')}` : 'Group';
      button.classList.toggle('active', groups.length > 0);
    },
  };
}

function open(anchor: HTMLElement, o: GroupOptions): void {
  popover(anchor, 'Group the runs', (close) => {
    const chosen = o.groups().map((name) =>
      h('span', { class: 'rt-chip' }, h('span', { class: 'rt-chip-text' }, fullTitleOf(name)), h('button', { type: 'button', class: 'rt-chip-drop', 'aria-label': `Do not group by ${fullTitleOf(name)}`, click: () => {
        close();
        o.changed(o.groups().filter((group) => group !== name));
      } }, icon('x'))),
    );
    const picker = fieldPicker({
      api: o.api, experiments: o.experiments(), kinds: ['attribute', 'param', 'tag'], label: 'Group by…', without: [...o.groups(), 'attributes.run_id', 'attributes.created', 'attributes.started', 'attributes.ended', 'attributes.duration'],
      picked: (name) => {
        close();
        o.changed([...o.groups(), name]);
      },
    }); // prettier-ignore
    const full = o.groups().length >= MOST ? h('div', { class: 'rt-none' }, `At most ${MOST} fields.`) : picker;
    return h('div', {}, chosen.length ? h('div', { class: 'rt-chips p-2' }, ...chosen) : null, full);
  });
}
