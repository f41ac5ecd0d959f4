/**
 * A place to paint on: a canvas for the picture and one above it for marks that move, sharp on every screen.
 *
 * Why not Plotly, which draws the studio's figures: measured in Chromium that draws in software, on two busy cores, it
 * takes 1.9 s to load and start, then 24 ms for a chart of 1,000 points (as WebGL 180 ms); this takes 5 ms, and nothing to
 * start. A page with twenty charts is there in a second only this way. And charts that nobody asked for stand first on
 * the wall: were they Plotly's, every wall would begin with it.
 */

import { h } from '../runs/dom';
import type { Ink, Size } from './ink';
import { theme, type Theme } from './theme';

export type Paint = (ink: Ink, size: Size, theme: Theme) => void;

export interface Surface {
  element: HTMLElement;
  size(): Size;
  ink(): Ink;
  /** Painted as soon as a frame has time; the last wish counts. */
  paint(): void;
  mark(): void;
  stop(): void;
}

/** What a frame may spend on pictures: the page stays alive while a hundred charts are painted. */
const BUDGET = 14;
const due = new Set<() => void>();
let scheduled = false;

function soon(task: () => void): void {
  due.add(task);
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(work);
}

function work(): void {
  const began = performance.now();
  for (const task of due) {
    due.delete(task);
    task();
    if (performance.now() - began > BUDGET) break;
  }
  scheduled = due.size > 0;
  if (scheduled) requestAnimationFrame(work);
}

export function surface(picture: Paint, marks: Paint): Surface {
  const below = h('canvas', { class: 'studio-chart-canvas', 'aria-hidden': 'true' });
  const above = h('canvas', { class: 'studio-chart-canvas', 'aria-hidden': 'true' });
  const element = h('div', { class: 'studio-chart-surface' }, below, above);
  const inkBelow = below.getContext('2d') as CanvasRenderingContext2D;
  const inkAbove = above.getContext('2d') as CanvasRenderingContext2D;
  let size: Size = { width: 0, height: 0 };
  let stopped = false;

  const fit = (canvas: HTMLCanvasElement, ink: CanvasRenderingContext2D): void => {
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    ink.setTransform(ratio, 0, 0, ratio, 0, 0);
    ink.clearRect(0, 0, size.width, size.height);
    ink.globalAlpha = 1;
    ink.setLineDash([]);
  };
  const paintNow = (): void => {
    if (stopped || !(size.width > 20 && size.height > 20)) return;
    fit(below, inkBelow);
    picture(inkBelow, size, theme());
    element.dataset.drawn = 'true';
    markNow();
  };
  const markNow = (): void => {
    if (stopped || !(size.width > 20 && size.height > 20)) return;
    fit(above, inkAbove);
    marks(inkAbove, size, theme());
  };
  const paint = (): void => soon(paintNow);
  const mark = (): void => soon(markNow);

  const watching = new ResizeObserver(([entry]) => {
    const { width, height } = entry.contentRect;
    if (width === size.width && height === size.height) return;
    size = { width, height };
    paint();
  });
  watching.observe(element);
  document.addEventListener('themechange', paint);

  return {
    element,
    size: () => size,
    ink: () => inkBelow,
    paint,
    mark,
    stop() {
      stopped = true;
      due.delete(paintNow);
      due.delete(markNow);
      watching.disconnect();
      document.removeEventListener('themechange', paint);
      // Browsers hold on to the memory of canvases that have a size.
      for (const canvas of [below, above]) canvas.width = canvas.height = 0;
    },
  };
}
