/** Charts as files: PNG and SVG of the same painting, CSV of the numbers. */

import { fileName, toCsv } from '../runs/csv';
import { download, saveAs } from '../runs/dom';
import type { Chart } from './chart';
import { cut } from './frame';
import { svgInk, type Ink, type Size } from './ink';
import { ON_PAPER } from './theme';

const PICTURE: Size = { width: 900, height: 540 };
/** Pixels of a PNG for each of the picture: sharp in print. */
const SHARP = 2;
const HEAD = 34;
const LEGEND_ROW = 18;
const MOST_IN_LEGEND = 24;

export async function savePng(chart: Chart, title: string): Promise<void> {
  const size = sizeOf(chart);
  const canvas = document.createElement('canvas');
  canvas.width = size.width * SHARP;
  canvas.height = size.height * SHARP;
  const ink = canvas.getContext('2d') as CanvasRenderingContext2D;
  ink.scale(SHARP, SHARP);
  compose(ink, chart, title, size);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
  if (!blob) throw new Error('The browser could not make the picture. Try SVG.');
  const address = URL.createObjectURL(blob);
  saveAs(fileName(title, 'png'), address);
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export function saveSvg(chart: Chart, title: string): void {
  download(fileName(title, 'svg'), toSvg(chart, title), 'image/svg+xml');
}

export function toSvg(chart: Chart, title: string): string {
  const size = sizeOf(chart);
  const ruler = document.createElement('canvas').getContext('2d') as CanvasRenderingContext2D;
  const { ink, text } = svgInk(size, (words, font) => {
    ruler.font = font;
    return ruler.measureText(words);
  });
  compose(ink, chart, title, size);
  return text();
}

export function saveCsv(chart: Chart, title: string): void {
  const { columns, rows } = chart.table();
  download(fileName(title, 'csv'), toCsv(columns, rows));
}

function sizeOf(chart: Chart): Size {
  const lines = chart.legend?.() ?? [];
  const rows = lines.length > 1 ? Math.ceil(Math.min(lines.length, MOST_IN_LEGEND + 1) / 3) : 0;
  return { width: PICTURE.width, height: PICTURE.height + HEAD + rows * LEGEND_ROW + (rows ? 10 : 0) };
}

function compose(ink: Ink, chart: Chart, title: string, size: Size): void {
  ink.fillStyle = ON_PAPER.ground;
  ink.fillRect(0, 0, size.width, size.height);
  ink.fillStyle = ON_PAPER.ink;
  ink.font = ON_PAPER.font.replace('11px', '600 15px');
  ink.textBaseline = 'middle';
  ink.textAlign = 'left';
  ink.fillText(cut(ink, title, size.width - 24), 12, HEAD / 2 + 2);
  ink.save();
  ink.translate(0, HEAD);
  chart.picture(ink, PICTURE, ON_PAPER);
  ink.restore();
  const lines = chart.legend?.() ?? [];
  if (lines.length < 2) return;
  const column = (size.width - 24) / 3;
  ink.font = ON_PAPER.font;
  ink.textBaseline = 'middle';
  ink.textAlign = 'left';
  lines.slice(0, MOST_IN_LEGEND).forEach((line, at) => {
    const x = 12 + (at % 3) * column;
    const y = HEAD + PICTURE.height + LEGEND_ROW * (Math.floor(at / 3) + 0.5);
    ink.strokeStyle = line.color;
    ink.lineWidth = 2;
    ink.setLineDash(line.dash as number[]);
    ink.beginPath();
    ink.moveTo(x, y);
    ink.lineTo(x + 24, y);
    ink.stroke();
    ink.setLineDash([]);
    ink.fillStyle = ON_PAPER.ink;
    ink.fillText(cut(ink, line.name, column - 40), x + 30, y);
  });
  if (lines.length > MOST_IN_LEGEND) {
    const at = MOST_IN_LEGEND;
    ink.fillStyle = ON_PAPER.faint;
    ink.fillText(`and ${lines.length - MOST_IN_LEGEND} more`, 12, HEAD + PICTURE.height + LEGEND_ROW * (at / 3 + 0.5));
  }
}
