/** A notebook as it was saved: cells and outputs. Nothing in it runs here: HTML stands in a frame without our origin. */

import { markdown } from '../../app/markdown';
import { empty, h } from '../dom';
import { sandbox } from './sandbox';

type Lines = string | string[];
interface Output {
  output_type?: string;
  text?: Lines;
  name?: string;
  data?: Record<string, Lines | unknown>;
  ename?: string;
  evalue?: string;
  traceback?: string[];
}
interface Cell {
  cell_type?: string;
  source?: Lines;
  outputs?: Output[];
  execution_count?: number | null;
}

const MOST_CELLS = 2000;
const LONGEST_OUTPUT = 100_000;

export function notebookView(text: string): HTMLElement {
  let cells: Cell[];
  try {
    const told = JSON.parse(text) as { cells?: Cell[]; worksheets?: { cells?: Cell[] }[] };
    const found = told.cells ?? told.worksheets?.[0]?.cells;
    if (!Array.isArray(found)) throw new Error('no cells');
    cells = found;
  } catch {
    return empty('This is no notebook that can be read', 'Download it to look inside.');
  }
  const shown = cells.slice(0, MOST_CELLS).map(cellView);
  if (cells.length > MOST_CELLS) shown.push(h('p', { class: 'text-secondary' }, `The first ${MOST_CELLS} of ${cells.length} cells are shown; download the file for all of them.`));
  return h('div', { class: 'studio-notebook' }, ...(shown.length ? shown : [empty('An empty notebook')]));
}

function cellView(cell: Cell): HTMLElement {
  const source = joined(cell.source);
  if (cell.cell_type === 'markdown') {
    const body = h('div', { class: 'studio-markdown studio-name' });
    body.append(markdown(source));
    return h('section', { class: 'studio-nbcell', 'aria-label': 'Text cell' }, body);
  }
  if (cell.cell_type === 'raw') return h('section', { class: 'studio-nbcell' }, h('pre', { class: 'studio-plain', tabindex: '0' }, source));
  const count = typeof cell.execution_count === 'number' ? String(cell.execution_count) : ' ';
  return h(
    'section',
    { class: 'studio-nbcell', 'aria-label': 'Code cell' },
    h('div', { class: 'studio-nbcell-code' }, h('span', { class: 'studio-nbcell-count', 'aria-hidden': 'true' }, `[${count}]`), h('pre', { class: 'studio-plain', tabindex: '0', 'aria-label': 'Code' }, source)),
    ...(Array.isArray(cell.outputs) ? cell.outputs.map(outputView) : []),
  );
}

/** Of the forms that an output comes in, the richest that can be shown. */
export function outputView(output: Output): HTMLElement | null {
  if (output.output_type === 'stream') return plain(joined(output.text), output.name === 'stderr' ? 'is-stderr' : '');
  if (output.output_type === 'error') return plain(withoutColours((output.traceback ?? [`${output.ename}: ${output.evalue}`]).join('\n')), 'is-error');
  const data = output.data ?? {};
  for (const type of ['image/png', 'image/jpeg', 'image/gif', 'image/webp']) {
    // Base64 has no other letters; anything else is no picture.
    const picture = joined(data[type]).replaceAll(/\s/g, '');
    if (picture && /^[A-Za-z0-9+/=]+$/.test(picture)) return h('div', { class: 'studio-nbcell-output' }, h('img', { src: `data:${type};base64,${picture}`, alt: 'Picture that the cell has drawn', class: 'mw-100' }));
  }
  const html = joined(data['text/html']) || joined(data['image/svg+xml']);
  if (html) return h('div', { class: 'studio-nbcell-output' }, sandbox({ html, label: 'Output of the cell' }));
  const text = joined(data['text/markdown']);
  if (text) {
    const body = h('div', { class: 'studio-nbcell-output studio-markdown' });
    body.append(markdown(text));
    return body;
  }
  return plain(joined(data['text/plain'] ?? data['application/json']), '');
}

function plain(text: string, look: string): HTMLElement | null {
  if (!text) return null;
  const cut = text.length > LONGEST_OUTPUT ? `${text.slice(0, LONGEST_OUTPUT)}\n… ${text.length - LONGEST_OUTPUT} more characters` : text;
  return h('pre', { class: `studio-nbcell-output studio-plain ${look}`, tabindex: '0', 'aria-label': 'Output' }, withoutColours(cut));
}

function joined(text: unknown): string {
  if (Array.isArray(text)) return text.join('');
  if (typeof text === 'string') return text;
  return text === undefined || text === null ? '' : JSON.stringify(text, null, 2);
}

// eslint-disable-next-line no-control-regex -- terminals mark colours so
const withoutColours = (text: string): string => text.replaceAll(/\u001b\[[0-9;]*[A-Za-z]/g, '');
