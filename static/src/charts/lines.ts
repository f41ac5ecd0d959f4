/** The picture of a line chart: from series to axes and strokes. No DOM: the same for page, PNG and SVG. */

import { axisAround, clipped, crisp, frameOf, paintFrame, type Frame } from './frame';
import type { Ink, Size } from './ink';
import type { Theme } from './theme';
import type { Unit } from './ticks';

export interface Line {
  /** A run, or a group of runs. */
  id: string;
  /** Tells lines of one run apart where a chart shows several metrics. */
  key: string;
  name: string;
  color: string;
  dash: readonly number[];
  x: Float64Array;
  /** As drawn: smoothed, or the mean of a group. Not-a-number is a gap. */
  y: Float64Array;
  /** As logged, drawn faint behind a smoothed line. */
  original: Float64Array | null;
  band: { low: Float64Array; high: Float64Array } | null;
  /** The runs of a group. */
  members?: ReadonlySet<string>;
}

export interface LineScene {
  lines: Line[];
  x: { log: boolean; unit: Unit; title: string };
  y: { log: boolean; title: string };
  zoom: { x: readonly [number, number] | null; y: readonly [number, number] | null };
}

/** Lines of fewer points than this have a dot at each, where there is room. */
const DOTS = 60;
/** Of a reduced series the first point may be the fourth: the round number before it is still on the axis. */
const EDGE = 0.004;

export function lineFrame(ink: Ink, size: Size, theme: Theme, scene: LineScene): Frame {
  const x = axisAround(extent(scene, 'x', null), scene.zoom.x, scene.x.log, scene.x.unit, scene.x.title, EDGE);
  const y = axisAround(extent(scene, 'y', scene.zoom.x), scene.zoom.y, scene.y.log, 'number', scene.y.title, 0.05);
  return frameOf(ink, size, theme, x, y);
}

export function paintLines(ink: Ink, frame: Frame, theme: Theme, scene: LineScene): void {
  paintFrame(ink, frame, theme);
  clipped(ink, frame, () => {
    for (const line of scene.lines) {
      if (line.band) paintBand(ink, frame, line, 0.16);
    }
    for (const line of scene.lines) {
      if (line.original) stroke(ink, frame, line.x, line.original, line.color, [], 1, 0.28);
    }
    const width = scene.lines.length > 40 ? 1 : 1.5;
    for (const line of scene.lines) paintLine(ink, frame, line, width);
  });
}

/** Over what is painted: all others step back, one line stands out, and a mark at each line where the pointer is. */
export function paintMarks(ink: Ink, frame: Frame, theme: Theme, scene: LineScene, marked: string | null, at: number | null): void {
  const chosen = marked === null ? [] : scene.lines.filter((line) => line.id === marked);
  clipped(ink, frame, () => {
    if (chosen.length) {
      ink.globalAlpha = 0.68;
      ink.fillStyle = theme.ground;
      ink.fillRect(frame.left + 1, frame.top - 4, frame.right - frame.left, frame.bottom - frame.top + 4);
      ink.globalAlpha = 1;
      for (const line of chosen) {
        if (line.band) paintBand(ink, frame, line, 0.25);
        if (line.original) stroke(ink, frame, line.x, line.original, line.color, [], 1, 0.4);
        paintLine(ink, frame, line, 3);
      }
    }
    if (at === null) return;
    const x = frame.x.at(at);
    if (!Number.isFinite(x)) return;
    ink.globalAlpha = 1;
    ink.setLineDash([3, 3]);
    ink.lineWidth = 1;
    ink.strokeStyle = theme.faint;
    ink.beginPath();
    ink.moveTo(crisp(x), frame.top);
    ink.lineTo(crisp(x), frame.bottom);
    ink.stroke();
    ink.setLineDash([]);
    for (const line of chosen.length ? chosen : scene.lines.length <= 12 ? scene.lines : []) {
      const index = nearest(line.x, at);
      const y = index < 0 ? NaN : frame.y.at(line.y[index]);
      if (!Number.isFinite(y)) continue;
      dot(ink, frame.x.at(line.x[index]), y, 4, theme.ground);
      dot(ink, frame.x.at(line.x[index]), y, 3, line.color);
    }
  });
}

function paintLine(ink: Ink, frame: Frame, line: Line, width: number): void {
  stroke(ink, frame, line.x, line.y, line.color, line.dash, width, 1);
  const room = (frame.right - frame.left) / Math.max(1, line.x.length);
  const all = line.x.length < DOTS && room > 8;
  ink.globalAlpha = 1;
  for (let at = 0; at < line.x.length; at += 1) {
    const value = line.y[at];
    if (value === Infinity || value === -Infinity) infinite(ink, frame, frame.x.at(line.x[at]), value > 0, line.color);
    // A value between two gaps has no stroke to be seen by.
    else if (all || (isGap(line.y, at - 1) && isGap(line.y, at + 1))) dot(ink, frame.x.at(line.x[at]), frame.y.at(value), width > 2 ? 3 : 2, line.color);
  }
}

/**
 * One stroke for a whole line. What lies left and right of the plot is passed over but for the neighbours of its edge,
 * so that a zoom into a long line costs what it shows.
 */
function stroke(ink: Ink, frame: Frame, x: Float64Array, y: Float64Array, color: string, dash: readonly number[], width: number, alpha: number): void {
  ink.strokeStyle = color;
  ink.lineWidth = width;
  ink.globalAlpha = alpha;
  // Mitred joins of steep lines stick out as peaks that no value has; round ones cost most in software.
  ink.lineJoin = 'bevel';
  ink.setLineDash(dash as number[]);
  ink.beginPath();
  let drawing = false;
  for (let at = 0; at < x.length; at += 1) {
    const px = frame.x.at(x[at]);
    const py = frame.y.at(y[at]);
    if (!Number.isFinite(px) || !Number.isFinite(py)) {
      drawing = false;
      continue;
    }
    if (drawing) ink.lineTo(px, bounded(py));
    else ink.moveTo(px, bounded(py));
    drawing = true;
  }
  ink.stroke();
  ink.setLineDash([]);
}

function paintBand(ink: Ink, frame: Frame, line: Line, alpha: number): void {
  if (!line.band) return;
  const { low, high } = line.band;
  ink.globalAlpha = alpha;
  ink.fillStyle = line.color;
  const visible = (at: number): boolean => [frame.x.at(line.x[at]), frame.y.at(low[at]), frame.y.at(high[at])].every(Number.isFinite);
  for (let from = 0; from < line.x.length; from += 1) {
    if (!visible(from)) continue;
    let to = from;
    while (to + 1 < line.x.length && visible(to + 1)) to += 1;
    ink.beginPath();
    for (let at = from; at <= to; at += 1) {
      if (at === from) ink.moveTo(frame.x.at(line.x[at]), bounded(frame.y.at(high[at])));
      else ink.lineTo(frame.x.at(line.x[at]), bounded(frame.y.at(high[at])));
    }
    for (let at = to; at >= from; at -= 1) ink.lineTo(frame.x.at(line.x[at]), bounded(frame.y.at(low[at])));
    ink.closePath();
    ink.fill();
    from = to;
  }
  ink.globalAlpha = 1;
}

/** An infinite value stands at the edge it runs to, as an arrowhead. */
function infinite(ink: Ink, frame: Frame, x: number, up: boolean, color: string): void {
  if (!Number.isFinite(x)) return;
  const [edge, way] = up ? [frame.top - 3, 1] : [frame.bottom - 1, -1];
  ink.fillStyle = color;
  ink.beginPath();
  ink.moveTo(x, edge);
  ink.lineTo(x - 4, edge + 7 * way);
  ink.lineTo(x + 4, edge + 7 * way);
  ink.closePath();
  ink.fill();
}

export function dot(ink: Ink, x: number, y: number, radius: number, color: string): void {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return;
  ink.fillStyle = color;
  ink.beginPath();
  ink.arc(x, y, radius, 0, 2 * Math.PI);
  ink.fill();
}

function isGap(values: Float64Array, at: number): boolean {
  return at < 0 || at >= values.length || !Number.isFinite(values[at]);
}

/** Far outside is outside: rasterisers lose their way with coordinates of a billion. */
function bounded(pixel: number): number {
  return Math.max(-20000, Math.min(20000, pixel));
}

/** The smallest and largest value of an axis; of y only what the shown part of x has. */
export function extent(scene: LineScene, axis: 'x' | 'y', shown: readonly [number, number] | null): { low: number; high: number } {
  let low = Infinity;
  let high = -Infinity;
  const log = scene[axis].log;
  const take = (value: number): void => {
    if (!Number.isFinite(value) || (log && value <= 0)) return;
    if (value < low) low = value;
    if (value > high) high = value;
  };
  for (const line of scene.lines) {
    if (axis === 'x') {
      for (const value of line.x) take(value);
      continue;
    }
    const drawn = [line.y, line.original, line.band?.low, line.band?.high];
    for (const values of drawn) {
      if (!values) continue;
      for (let at = 0; at < values.length; at += 1) {
        if (!shown || (line.x[at] >= shown[0] && line.x[at] <= shown[1])) take(values[at]);
      }
    }
  }
  return { low, high };
}

/** The place of the value nearest to `wanted`, -1 where there is none. `x` goes up, as the server sends it. */
export function nearest(x: Float64Array, wanted: number): number {
  if (!x.length) return -1;
  let low = 0;
  let high = x.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low > 0 && Math.abs(x[low - 1] - wanted) <= Math.abs(x[low] - wanted) ? low - 1 : low;
}

/** The line nearest to a place in the picture, and which of its values; null where none is within reach. */
export function lineAt(frame: Frame, scene: LineScene, px: number, py: number, reach = 40): { line: Line; index: number } | null {
  let best: { line: Line; index: number } | null = null;
  let least = reach;
  const at = frame.x.back(px);
  for (const line of scene.lines) {
    const index = nearest(line.x, at);
    if (index < 0) continue;
    for (const near of [index - 1, index, index + 1]) {
      const distance = toStroke(frame, line, near, px, py);
      if (distance < least) {
        least = distance;
        best = { line, index };
      }
    }
  }
  return best;
}

/** From a place to the stroke between a value and the next. */
function toStroke(frame: Frame, line: Line, at: number, px: number, py: number): number {
  if (at < 0 || at >= line.x.length) return Infinity;
  const x = frame.x.at(line.x[at]);
  const y = frame.y.at(line.y[at]);
  const toX = at + 1 < line.x.length ? frame.x.at(line.x[at + 1]) : x;
  const toY = at + 1 < line.x.length ? frame.y.at(line.y[at + 1]) : y;
  if (!Number.isFinite(x + y)) return Infinity;
  if (!Number.isFinite(toX + toY) || (toX === x && toY === y)) return Math.hypot(px - x, py - y);
  const along = Math.max(0, Math.min(1, ((px - x) * (toX - x) + (py - y) * (toY - y)) / ((toX - x) ** 2 + (toY - y) ** 2)));
  return Math.hypot(px - x - along * (toX - x), py - y - along * (toY - y));
}
