/** What is looked at, and how it stands in the address: a link shows the same. Pure. */

import type { SectionId, Statistic } from './rows';
import { SECTIONS, STATISTICS } from './rows';

export interface View {
  /** In the order of the columns; the base need not be the first. */
  runs: string[];
  base: string;
  tab: string;
  onlyDifferences: boolean;
  statistic: Statistic;
  search: string;
  closed: SectionId[];
  transposed: boolean;
  /** The run laid over the base: graph and code. */
  other: string;
  node: string;
  file: string;
  picture: string;
  step: number | null;
  charts: string;
}

export function readView(query: URLSearchParams, runs: string[]): View {
  const asked = (name: string): string => query.get(name) ?? '';
  const statistic = asked('metric') as Statistic;
  const step = asked('step');
  return {
    runs,
    base: runs.includes(asked('base')) ? asked('base') : (runs[0] ?? ''),
    tab: asked('tab'),
    onlyDifferences: asked('only') === 'differences',
    statistic: STATISTICS.includes(statistic) ? statistic : 'last',
    search: asked('q'),
    closed: SECTIONS.map((section) => section.id).filter((id) => asked('closed').split(',').includes(id)),
    transposed: asked('turned') === 'yes',
    other: asked('other'),
    node: asked('node'),
    file: asked('file'),
    picture: asked('picture'),
    step: /^-?\d{1,15}$/.test(step) ? Number(step) : null,
    charts: asked('charts'),
  };
}

/** `set` is the key that stands for the runs, where they are too many to be named. */
export function writeView(view: View, set: string | null): string {
  const query = new URLSearchParams();
  const put = (name: string, value: string, usual = ''): void => {
    if (value && value !== usual) query.set(name, value);
  };
  if (set) query.set('set', set);
  put('base', view.base, view.runs[0] ?? '');
  put('tab', view.tab);
  put('only', view.onlyDifferences ? 'differences' : '');
  put('metric', view.statistic, 'last');
  put('q', view.search);
  put('closed', view.closed.join(','));
  put('turned', view.transposed ? 'yes' : '');
  put('other', view.other);
  put('node', view.node);
  put('file', view.file);
  put('picture', view.picture);
  put('step', view.step === null ? '' : String(view.step));
  put('charts', view.charts);
  // Commas are legal there, and make an address that people can read.
  const named = set || !view.runs.length ? '' : `runs=${view.runs.map(encodeURIComponent).join(',')}`;
  return [named, query.toString()].filter(Boolean).join('&');
}

/** The runs as they stand in the table: the base first, the others in their order. */
export function columns(view: Pick<View, 'runs' | 'base'>): string[] {
  return view.base ? [view.base, ...view.runs.filter((id) => id !== view.base)] : view.runs;
}

/** The runs after one was taken to another place among the columns (the base stays first). */
export function moved(view: Pick<View, 'runs' | 'base'>, id: string, to: number): string[] {
  const order = columns(view).filter((one) => one !== id);
  order.splice(Math.max(id === view.base ? 0 : 1, Math.min(to, order.length)), 0, id);
  return order;
}

export function without(view: View, id: string): View {
  const runs = view.runs.filter((one) => one !== id);
  return { ...view, runs, base: view.base === id ? (runs[0] ?? '') : view.base, other: view.other === id ? '' : view.other };
}
