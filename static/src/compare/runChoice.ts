/** Which run is laid beside the base, where only two can be shown. */

import { h, replace } from '../runs/dom';
import type { RunHead } from './wire';

export interface RunChoice {
  element: HTMLElement;
  show: (runs: readonly RunHead[], chosen: string) => void;
}

export function runChoice(label: string, choose: (id: string) => void): RunChoice {
  const select = h('select', { class: 'form-select', 'aria-label': label, onchange: () => choose(select.value) });
  const element = h('label', { class: 'd-flex align-items-center gap-2 cmp-choice' }, h('span', { class: 'text-nowrap text-secondary' }, label), select);
  return {
    element,
    show: (runs, chosen) => {
      element.hidden = !runs.length;
      replace(select, ...runs.map((run) => h('option', { value: run.run_id, selected: run.run_id === chosen }, `${run.name} · ${run.run_id.slice(0, 8)}`)));
      select.value = chosen;
    },
  };
}
