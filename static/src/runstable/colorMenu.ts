/** Another colour for a run. */

import { PALETTE, colorOf } from '../charts/colors';
import { h } from '../runs/dom';
import { popover } from './popover';
import type { RunRow } from './query';

/** `chosen` is null for the colour that the run has by itself. */
export function chooseColor(anchor: HTMLElement, run: RunRow, now: string, chosen: (color: string | null) => void): void {
  popover(anchor, `Colour of ${run.name}`, (close) => {
    const take = (color: string | null) => (): void => {
      close();
      chosen(color);
    };
    const swatches = PALETTE.map((color, at) => {
      const swatch = h('button', { type: 'button', class: 'rt-swatch', 'aria-label': `Colour ${at + 1}`, 'aria-pressed': String(color === now), click: take(color === colorOf(run.run_id) ? null : color) });
      swatch.style.background = color;
      return swatch;
    });
    const any = h('input', { type: 'color', class: 'form-control form-control-color', value: now, 'aria-label': 'Any colour' });
    any.addEventListener('change', () => take(any.value)());
    return h('div', { class: 'rt-colors' }, h('div', { class: 'rt-swatches' }, ...swatches), h('div', { class: 'd-flex gap-2 align-items-center' }, any, h('button', { type: 'button', class: 'btn btn-sm', click: take(null) }, 'Its own colour')));
  });
}
