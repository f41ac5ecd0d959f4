/** The box at the pointer that names what is there. */

import { h, replace } from '../runs/dom';

export interface TipRow {
  name: string;
  value: string;
  color?: string;
  dash?: readonly number[];
  marked?: boolean;
}

export interface Tip {
  element: HTMLElement;
  show(head: string, rows: readonly TipRow[], foot: string, at: { x: number; y: number }): void;
  hide(): void;
}

export function tip(): Tip {
  const element = h('div', { class: 'studio-chart-tip', hidden: true });
  return {
    element,
    show(head, rows, foot, at) {
      replace(
        element,
        h('div', { class: 'studio-chart-tip-head' }, head),
        ...rows.map((row) =>
          h('div', { class: `studio-chart-tip-row${row.marked ? ' is-marked' : ''}` }, row.color ? swatch(row.color, row.dash) : null,
            h('span', { class: 'studio-chart-tip-name' }, row.name), h('span', { class: 'studio-chart-tip-value' }, row.value)),
        ),
        foot && h('div', { class: 'text-secondary' }, foot),
      ); // prettier-ignore
      element.hidden = false;
      // Beside the pointer, on the side where there is room in the window.
      const host = element.offsetParent?.getBoundingClientRect();
      const [width, height] = [element.offsetWidth, element.offsetHeight];
      const left = (host?.left ?? 0) + at.x + 14 + width > window.innerWidth ? at.x - width - 14 : at.x + 14;
      const top = Math.min(at.y + 12, window.innerHeight - (host?.top ?? 0) - height - 8);
      element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
    },
    hide() {
      element.hidden = true;
    },
  };
}

/** A short piece of a run's line: its colour and its pattern. */
export function swatch(color: string, dash: readonly number[] = []): HTMLElement {
  const element = h('span', { class: 'studio-chart-swatch', 'aria-hidden': 'true' });
  const stops = dash.length ? [...dash, ...(dash.length % 2 ? dash : [])] : [20, 0];
  let from = 0;
  const parts: string[] = [];
  stops.forEach((length, at) => {
    parts.push(`${at % 2 ? 'transparent' : color} ${from}px ${from + length}px`);
    from += length;
  });
  element.style.backgroundImage = `repeating-linear-gradient(90deg, ${parts.join(', ')})`;
  return element;
}
