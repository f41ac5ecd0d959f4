/** A line chart one can point at, zoom and walk through with the keys. What it shows is `lines.ts`. */

import { number } from '../app/format';
import { h } from '../runs/dom';
import { cross, hover } from './hover';
import type { Frame } from './frame';
import type { Ink, Size } from './ink';
import { lineAt, lineFrame, nearest, paintLines, paintMarks, type Line, type LineScene } from './lines';
import { surface } from './surface';
import type { Theme } from './theme';
import { valueText } from './ticks';
import { tip, type TipRow } from './tip';

export type Zoom = { x: [number, number] | null; y: [number, number] | null };

export interface LineChart {
  element: HTMLElement;
  show(scene: LineScene, xKind: string, label: string): void;
  picture(ink: Ink, size: Size, theme: Theme): void;
  width(): number;
  stop(): void;
}

const EMPTY: LineScene = { lines: [], x: { log: false, unit: 'number', title: '' }, y: { log: false, title: '' }, zoom: { x: null, y: null } };
const MOST_IN_TIP = 9;
/** A press that moves less is a click. */
const STILL = 5;
/** Pixels that nobody sees. */
const NEAR = 4;
const NO_ZOOM: Zoom = { x: null, y: null };

export function lineChart(o: { zoomed: (zoom: Zoom) => void; large?: boolean }): LineChart {
  let scene = EMPTY;
  let xKind = 'step';
  let frame: Frame | null = null;
  let pointer: { x: number; y: number } | null = null;
  let press: { x: number; y: number; id: number } | null = null;
  let walked: { line: number; at: number } | null = null;

  const place = surface(
    (ink, size, colors) => {
      frame = lineFrame(ink, size, colors, scene);
      paintLines(ink, frame, colors, scene);
    },
    (ink, _, colors) => {
      if (!frame) return;
      const shared = cross.get();
      paintMarks(ink, frame, colors, scene, lineIdOf(hover.get()), shared?.x === xKind && !press ? shared.at : null);
      if (press && pointer) paintSelection(ink, frame, press, pointer);
    },
  );
  const box = tip();
  const said = h('span', { class: 'visually-hidden', 'aria-live': 'polite' });
  const element = h('div', { class: 'studio-chart', tabindex: '0', role: 'group', 'aria-roledescription': 'line chart' }, place.element, box.element, said);

  /** Where runs are drawn in groups, a run that is pointed at elsewhere is its group here. */
  const lineIdOf = (id: string | null): string | null =>
    id === null ? null : (scene.lines.find((line) => line.id === id || line.members?.has(id))?.id ?? null);

  const unsubscribe = [hover.subscribe(() => place.mark()), cross.subscribe((now) => (now === null || now.x === xKind) && place.mark())];

  const point = (): void => {
    if (!frame || !pointer || press) return;
    const found = lineAt(frame, scene, pointer.x, pointer.y, 60);
    const raw = frame.x.back(Math.max(frame.left, Math.min(frame.right, pointer.x)));
    const line = found?.line ?? scene.lines[0];
    const index = line ? nearest(line.x, raw) : -1;
    const at = index >= 0 ? line.x[index] : raw;
    hover.set(found?.line.id ?? null);
    cross.set({ x: xKind, at });
    const { rows, foot } = rowsAt(at, found?.line ?? null);
    if (rows.length) box.show(`${scene.x.title || 'x'}: ${valueText(scene.x.unit, at)}`, rows, foot, pointer);
    else box.hide();
  };

  function rowsAt(at: number, marked: Line | null): { rows: TipRow[]; foot: string } {
    const all = scene.lines
      .map((line) => ({ line, index: nearest(line.x, at) }))
      .filter(({ index }) => index >= 0)
      .map(({ line, index }) => ({ line, value: line.y[index], text: textAt(line, index, at) }))
      .sort((one, other) => (other.value || 0) - (one.value || 0));
    const place = all.findIndex(({ line }) => line === marked);
    // Around the marked one: of a hundred runs those next to it are of interest.
    const from = Math.max(0, Math.min(place < 0 ? 0 : place - Math.floor(MOST_IN_TIP / 2), all.length - MOST_IN_TIP));
    const shown = all.slice(from, from + MOST_IN_TIP);
    const rows = shown.map(({ line, text }) => ({ name: line.name, value: text, color: line.color, dash: line.dash, marked: line === marked }));
    return { rows, foot: all.length > shown.length ? `${number(shown.length)} of ${number(all.length)}` : '' };
  }

  function textAt(line: Line, index: number, at: number): string {
    const value = line.y[index];
    const original = line.original && line.original[index] !== value ? ` (${number(line.original[index])})` : '';
    const spread = line.band ? ` [${number(line.band.low[index])}, ${number(line.band.high[index])}]` : '';
    // Reduced series have their values at places a little apart.
    const apart = frame ? Math.abs(frame.x.at(line.x[index]) - frame.x.at(at)) : 0;
    const elsewhere = apart < NEAR ? '' : ` at ${valueText(scene.x.unit, line.x[index])}`;
    return `${Number.isNaN(value) ? 'NaN' : number(value)}${original}${spread}${elsewhere}`;
  }

  const leave = (): void => {
    pointer = null;
    box.hide();
    hover.set(null);
    cross.set(null);
  };

  // Many moves come in one frame; one of them is enough.
  let asked = false;
  element.addEventListener('pointermove', (event) => {
    const area = element.getBoundingClientRect();
    pointer = { x: event.clientX - area.left, y: event.clientY - area.top };
    if (press) {
      place.mark();
      return;
    }
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      point();
    });
  });
  element.addEventListener('pointerleave', () => !press && leave());
  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || !frame || event.pointerType === 'touch') return;
    const area = element.getBoundingClientRect();
    const at = { x: event.clientX - area.left, y: event.clientY - area.top };
    if (at.x < frame.left || at.x > frame.right || at.y < frame.top || at.y > frame.bottom) return;
    press = { ...at, id: event.pointerId };
    pointer = at;
    element.setPointerCapture(event.pointerId);
    box.hide();
  });
  const release = (event: PointerEvent): void => {
    if (!press || !frame || event.pointerId !== press.id) return;
    const began = press;
    press = null;
    place.mark();
    if (event.type === 'pointercancel' || !pointer) return;
    const selected = selection(frame, began, pointer);
    if (selected) o.zoomed(selected);
  };
  element.addEventListener('pointerup', release);
  element.addEventListener('pointercancel', release);
  element.addEventListener('dblclick', () => o.zoomed(NO_ZOOM));
  element.addEventListener(
    'wheel',
    (event) => {
      // The wheel alone scrolls the page; a chart that fills it has nothing to scroll.
      if (!frame || !(o.large || event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      const area = element.getBoundingClientRect();
      zoomBy(Math.exp(Math.max(-1, Math.min(1, event.deltaY / 300))), frame.x.back(event.clientX - area.left));
    },
    { passive: false },
  );

  function zoomBy(factor: number, around: number): void {
    if (!frame) return;
    const { low, high, log } = frame.x;
    const [a, b, c] = log ? [Math.log(low), Math.log(high), Math.log(around)] : [low, high, around];
    const range: [number, number] = [c - (c - a) * factor, c + (b - c) * factor];
    const shown: [number, number] = log ? [Math.exp(range[0]), Math.exp(range[1])] : range;
    if (shown[1] > shown[0]) o.zoomed({ x: shown, y: scene.zoom.y as Zoom['y'] });
  }

  function shiftBy(share: number): void {
    if (!frame || frame.x.log) return;
    const { low, high } = frame.x;
    o.zoomed({ x: [low + (high - low) * share, high + (high - low) * share], y: scene.zoom.y as Zoom['y'] });
  }

  element.addEventListener('keydown', (event) => {
    if (!frame || event.ctrlKey || event.metaKey || event.altKey) return;
    const moves: Record<string, () => void> = {
      ArrowLeft: () => (event.shiftKey ? shiftBy(-0.25) : walk(0, -1)),
      ArrowRight: () => (event.shiftKey ? shiftBy(0.25) : walk(0, 1)),
      ArrowUp: () => walk(-1, 0),
      ArrowDown: () => walk(1, 0),
      '+': () => zoomBy(0.5, middle()),
      '=': () => zoomBy(0.5, middle()),
      '-': () => zoomBy(2, middle()),
      '0': () => o.zoomed(NO_ZOOM),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  });
  element.addEventListener('blur', () => {
    walked = null;
    if (!pointer) leave();
  });

  function middle(): number {
    const line = walked && scene.lines[walked.line];
    return line && walked ? line.x[walked.at] : frame!.x.back((frame!.left + frame!.right) / 2);
  }

  /** With the keys from value to value and from run to run; what is there is said. */
  function walk(lines: number, values: number): void {
    if (!scene.lines.length || !frame) return;
    const last = scene.lines.length - 1;
    const from = walked ?? { line: 0, at: nearest(scene.lines[0].x, frame.x.low) - values };
    const line = Math.max(0, Math.min(last, from.line + lines));
    const now = scene.lines[line];
    const was = scene.lines[Math.min(last, from.line)];
    const at = line === from.line ? Math.max(0, Math.min(now.x.length - 1, from.at + values)) : nearest(now.x, was.x[Math.max(0, from.at)]);
    if (at < 0) return;
    walked = { line, at };
    hover.set(now.id);
    cross.set({ x: xKind, at: now.x[at] });
    const text = textAt(now, at, now.x[at]);
    const head = `${scene.x.title || 'x'}: ${valueText(scene.x.unit, now.x[at])}`;
    said.textContent = `${now.name}. ${head}: ${text}`;
    const spot = { x: frame.x.at(now.x[at]), y: frame.y.at(now.y[at]) };
    box.show(head, [{ name: now.name, value: text, color: now.color, dash: now.dash, marked: true }], '', {
      x: Number.isFinite(spot.x) ? spot.x : frame.left,
      y: Number.isFinite(spot.y) ? spot.y : frame.top,
    });
  }

  return {
    element,
    show(next, kind, label) {
      scene = next;
      xKind = kind;
      walked = null;
      element.setAttribute('aria-label', label);
      place.paint();
      if (pointer) requestAnimationFrame(point);
    },
    picture(ink, size, colors) {
      paintLines(ink, lineFrame(ink, size, colors, scene), colors, scene);
    },
    width: () => place.size().width,
    stop() {
      for (const stop of unsubscribe) stop();
      if (pointer) leave();
      place.stop();
    },
  };
}

function paintSelection(ink: Ink, frame: Frame, from: { x: number; y: number }, to: { x: number; y: number }): void {
  const { left, right, top, bottom } = selected(frame, from, to);
  ink.globalAlpha = 0.15;
  ink.fillStyle = '#3b82f6';
  ink.fillRect(left, top, right - left, bottom - top);
  ink.globalAlpha = 1;
  ink.strokeStyle = '#3b82f6';
  ink.lineWidth = 1;
  ink.strokeRect(left + 0.5, top + 0.5, right - left, bottom - top);
}

/** Across: a range of x over the full height. With some height too: a rectangle. */
function selected(frame: Frame, from: { x: number; y: number }, to: { x: number; y: number }): { left: number; right: number; top: number; bottom: number; box: boolean } {
  const within = (at: number, low: number, high: number): number => Math.max(low, Math.min(high, at));
  const box = Math.abs(to.y - from.y) > 24;
  const [left, right] = [from.x, within(to.x, frame.left, frame.right)].sort((a, b) => a - b);
  const [top, bottom] = box ? [from.y, within(to.y, frame.top, frame.bottom)].sort((a, b) => a - b) : [frame.top, frame.bottom];
  return { left, right, top, bottom, box };
}

function selection(frame: Frame, from: { x: number; y: number }, to: { x: number; y: number }): Zoom | null {
  const { left, right, top, bottom, box } = selected(frame, from, to);
  if (right - left < STILL) return null;
  return { x: [frame.x.back(left), frame.x.back(right)], y: box ? [frame.y.back(bottom), frame.y.back(top)] : null };
}
