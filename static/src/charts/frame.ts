/** The axes of a chart: where the plot lies in it, the grid, the ticks and their labels. */

import type { Ink, Size } from './ink';
import { padded, scale, type Scale } from './scale';
import type { Theme } from './theme';
import type { Unit } from './ticks';

export interface Axis {
  low: number;
  high: number;
  log: boolean;
  unit: Unit;
  title: string;
  /** Where the axis has marks of its own: names, side by side. */
  ticks?: (wanted: number) => { at: number; label: string }[];
}

export interface Frame {
  left: number;
  top: number;
  right: number;
  bottom: number;
  x: Scale;
  y: Scale;
  xTicks: { at: number; label: string }[];
  yTicks: { at: number; label: string }[];
  xTitle: string;
  yTitle: string;
}

const TOP = 10;
const RIGHT = 14;
const LINE = 16;

export function frameOf(ink: Ink, size: Size, theme: Theme, xAxis: Axis, yAxis: Axis): Frame {
  ink.font = theme.font;
  const bottom = size.height - (LINE + 8) - (xAxis.title ? LINE : 0);
  const y = scale(yAxis.low, yAxis.high, bottom, TOP, yAxis.log, yAxis.unit);
  const yTicks = yAxis.ticks ? yAxis.ticks(Math.max(2, Math.floor((bottom - TOP) / 18))) : y.ticks(Math.max(2, Math.min(10, Math.floor((bottom - TOP) / 34))));
  const widest = Math.max(14, ...yTicks.map((tick) => ink.measureText(tick.label).width));
  const left = Math.min(Math.ceil(widest) + 12 + (yAxis.title ? LINE : 0), size.width * 0.45);
  const right = Math.max(left + 10, size.width - RIGHT);
  const x = scale(xAxis.low, xAxis.high, left, right, xAxis.log, xAxis.unit);
  const xTicks = (xAxis.ticks ?? x.ticks)(Math.max(2, Math.min(xAxis.ticks ? 60 : 14, Math.floor((right - left) / (xAxis.unit === 'time' ? 96 : 72)))));
  return { left, top: TOP, right, bottom, x, y, xTicks, yTicks, xTitle: xAxis.title, yTitle: yAxis.title };
}

/** The axis around values, with air; `given` is what somebody zoomed to. */
export function axisAround(values: { low: number; high: number }, given: readonly [number, number] | null, log: boolean, unit: Unit, title: string, air: number): Axis {
  const [low, high] = given && given[1] > given[0] && (!log || given[0] > 0) ? given : padded(values.low, values.high, log, air);
  return { low, high, log, unit, title };
}

export function paintFrame(ink: Ink, frame: Frame, theme: Theme): void {
  const { left, top, right, bottom, x, y } = frame;
  ink.font = theme.font;
  ink.lineWidth = 1;
  ink.setLineDash([]);
  ink.strokeStyle = theme.grid;
  ink.beginPath();
  for (const tick of frame.yTicks) {
    const at = crisp(y.at(tick.at));
    ink.moveTo(left, at);
    ink.lineTo(right, at);
  }
  for (const tick of frame.xTicks) {
    const at = crisp(x.at(tick.at));
    ink.moveTo(at, top);
    ink.lineTo(at, bottom);
  }
  ink.stroke();
  ink.strokeStyle = theme.axis;
  ink.beginPath();
  ink.moveTo(crisp(left), top);
  ink.lineTo(crisp(left), crisp(bottom));
  ink.lineTo(right, crisp(bottom));
  ink.stroke();

  ink.fillStyle = theme.faint;
  ink.textBaseline = 'middle';
  ink.textAlign = 'right';
  for (const tick of frame.yTicks) ink.fillText(cut(ink, tick.label, left - 8), left - 6, y.at(tick.at));
  ink.textBaseline = 'top';
  ink.textAlign = 'center';
  let free = -Infinity;
  for (const tick of frame.xTicks) {
    const width = ink.measureText(tick.label).width;
    // The outermost labels stay inside the picture.
    const at = Math.min(Math.max(x.at(tick.at), left - 4 + width / 2), right + 12 - width / 2);
    if (at - width / 2 < free) continue;
    ink.fillText(tick.label, at, bottom + 6);
    free = at + width / 2 + 6;
  }
  if (frame.xTitle) {
    ink.textAlign = 'right';
    ink.fillText(cut(ink, frame.xTitle, right - left), right, bottom + 6 + LINE);
  }
  if (frame.yTitle) {
    ink.save();
    ink.translate(4, (top + bottom) / 2);
    ink.rotate(-Math.PI / 2);
    ink.textAlign = 'center';
    ink.fillText(cut(ink, frame.yTitle, bottom - top), 0, 0);
    ink.restore();
  }
}

/** A line of one pixel is one pixel, not two of half its strength. */
export function crisp(at: number): number {
  return Math.round(at) + 0.5;
}

/** A text that fits, its end given up for dots. */
export function cut(ink: Ink, text: string, room: number): string {
  if (ink.measureText(text).width <= room) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (ink.measureText(`${text.slice(0, middle)}…`).width <= room) low = middle;
    else high = middle - 1;
  }
  return low ? `${text.slice(0, low)}…` : '';
}

export function clipped(ink: Ink, frame: Frame, paint: () => void): void {
  ink.save();
  ink.beginPath();
  ink.rect(frame.left, frame.top - 4, frame.right - frame.left, frame.bottom - frame.top + 4);
  ink.clip();
  paint();
  ink.restore();
}
