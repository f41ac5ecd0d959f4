/**
 * The address is the view. What fits is written so that a person can read and change it; a long one is packed into one
 * word; what no address can hold (hundreds of hidden runs) stays in the browser's history, and the page says that such a
 * view has to be saved to be shared.
 */

import { splitNames } from './fields';
import { type View, differences, freshView, viewFrom } from './view';

/** Beyond this an address is packed: mail programs and chats cut longer ones. */
export const READABLE = 1_800;
/** What servers and proxies let through without a word. */
export const LONGEST = 6_000;

export interface Address {
  query: string;
  complete: boolean; // whether the query holds the whole view
}

/** The names of the parameters, so that others in the address are left alone. */
export const NAMES = ['e', 'in', 'roots', 'filter', 'sort', 'cols', 'w', 'group', 'hide', 'pin', 'color', 'pane', 'charts', 'view', 'z'];

export async function addressOf(view: View, saved: number | null): Promise<Address> {
  const plain = plainQuery(view);
  const kept = saved === null ? [] : [['view', String(saved)]];
  const query = written([...kept, ...plain]);
  if (query.length <= READABLE) return { query, complete: true };
  const packed = written([...kept, ['z', await pack(JSON.stringify(differences(view)))]]);
  if (packed.length <= LONGEST) return { query: packed, complete: true };
  // The filter and what else says *which* runs are meant comes first, however long the rest is.
  const lean = written([...kept, ...plainQuery({ ...view, hidden: [], charts: {}, widths: {}, colors: {} })]);
  return { query: lean.length <= LONGEST ? lean : written(kept), complete: false };
}

/** Of a view that is saved, and unchanged. */
export function savedAddress(saved: number): string {
  return `?view=${saved}`;
}

export interface Read {
  view: View | null; // null: the address says nothing of its own
  saved: number | null;
}

export async function readAddress(search: string): Promise<Read> {
  const query = new URLSearchParams(search);
  const saved = /^\d{1,15}$/.test(query.get('view') ?? '') ? Number(query.get('view')) : null;
  const packed = query.get('z');
  if (packed) {
    try {
      return { view: viewFrom(JSON.parse(await unpack(packed))), saved };
    } catch {
      // Cut off on its way: what can be read of the rest counts.
    }
  }
  const own = NAMES.some((name) => name !== 'view' && name !== 'z' && query.has(name));
  return { view: own ? viewFrom(plainView(query)) : null, saved };
}

function plainQuery(view: View): [string, string][] {
  const fresh = freshView();
  const pairs: [string, string][] = [];
  const put = (name: string, value: string): void => void pairs.push([name, value]);
  if (view.experiments.length) put('e', view.experiments.join(','));
  if (view.lifecycle !== fresh.lifecycle) put('in', view.lifecycle);
  if (view.roots) put('roots', '1');
  if (view.filter) put('filter', view.filter);
  if (view.order.length) put('sort', view.order.map((key) => (key.descending ? '-' : '') + key.field).join(','));
  if (view.columns) put('cols', view.columns.join(','));
  const widths = Object.entries(view.widths);
  if (widths.length) put('w', JSON.stringify(view.widths));
  if (view.groups.length) put('group', view.groups.join(','));
  if (view.hidden.length) put('hide', view.hidden.join(','));
  if (view.pinned.length) put('pin', view.pinned.join(','));
  const colors = Object.entries(view.colors);
  if (colors.length) put('color', colors.map(([run, color]) => `${run}:${color.slice(1)}`).join(','));
  if (view.pane !== fresh.pane) put('pane', view.pane);
  if (Object.keys(view.charts).length) put('charts', JSON.stringify(view.charts));
  return pairs;
}

function plainView(query: URLSearchParams): Record<string, unknown> {
  const list = (name: string): string[] => (query.get(name) ?? '').split(',').filter(Boolean);
  return {
    experiments: list('e'),
    lifecycle: query.get('in'),
    roots: query.get('roots') === '1',
    filter: query.get('filter') ?? '',
    order: splitNames(query.get('sort') ?? '').map((key) => ({ field: key.replace(/^-/, ''), descending: key.startsWith('-') })),
    columns: query.has('cols') ? splitNames(query.get('cols') ?? '') : null,
    widths: parsed(query.get('w')),
    groups: splitNames(query.get('group') ?? ''),
    hidden: list('hide'),
    pinned: list('pin'),
    colors: Object.fromEntries(list('color').map((pair) => [pair.split(':')[0], `#${pair.split(':')[1]}`])),
    pane: query.get('pane'),
    charts: parsed(query.get('charts')),
  };
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '{}');
  } catch {
    return {};
  }
}

/** As `URLSearchParams`, but what is harmless in a query stays readable: commas, colons, slashes, quotes of names. */
function written(pairs: string[][]): string {
  const query = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value as string).replaceAll(/%(2C|3A|2F|3D|3C|3E|40)/g, readable).replaceAll('%20', '+')}`);
  return query.length ? `?${query.join('&')}` : '';
}

const readable = (code: string): string => (['%3C', '%3E'].includes(code) ? code : decodeURIComponent(code));

async function pack(text: string): Promise<string> {
  const bytes = await through(new TextEncoder().encode(text), new CompressionStream('deflate-raw'));
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

async function unpack(word: string): Promise<string> {
  const binary = atob(word.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  return new TextDecoder().decode(await through(bytes, new DecompressionStream('deflate-raw')));
}

async function through(bytes: Uint8Array, transform: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  const stream = new ReadableStream<Uint8Array>({
    start(control) {
      control.enqueue(bytes);
      control.close();
    },
  });
  const packed = stream.pipeThrough(transform as unknown as ReadableWritablePair<Uint8Array<ArrayBuffer>, Uint8Array>);
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
