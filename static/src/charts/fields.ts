/** Values of runs by the fields of the runs table, and which fields they have: for charts of other kinds than lines. */

import { api } from '../app/api';
import { fieldOf, nameOf, STAT_WORDS, titleOf, type Stat } from '../runstable/fields';

export type Value = string | number | null;

export interface Named {
  metrics: { key: string; runs: number; values: number; direction: 'min' | 'max' }[];
  params: { key: string; runs: number; distinct: number }[];
  /** Params whose values differ, were there more than the answer names. */
  varying: number;
}

export interface Fields {
  /** Of each run, the values in the order of `columns`. Runs that are gone are left out. */
  values(runs: readonly string[], columns: readonly string[]): Promise<Map<string, Value[]>>;
  named(runs: readonly string[], mirrored?: boolean): Promise<Named>;
  forget(): void;
}

interface Row {
  run_id: string;
  values: Record<string, Value>;
}

const PAGE = 500;

export function fieldsFrom(workspace: string): Fields {
  const base = `/api/v1/w/${encodeURIComponent(workspace)}`;
  const kept = new Map<string, Promise<unknown>>();

  /** Panels that ask for the same share the answer; one that failed is asked again. */
  const once = <T>(name: string, ask: () => Promise<T>): Promise<T> => {
    const known = kept.get(name) as Promise<T> | undefined;
    if (known) return known;
    const asked = ask();
    kept.set(name, asked);
    asked.catch(() => kept.get(name) === asked && kept.delete(name));
    return asked;
  };

  async function read(runs: readonly string[], columns: readonly string[]): Promise<Map<string, Value[]>> {
    const pages: readonly string[][] = Array.from({ length: Math.ceil(runs.length / PAGE) }, (_, at) => runs.slice(at * PAGE, (at + 1) * PAGE));
    const answers = await Promise.all(
      pages.map((ids) => api<{ rows: Row[] }>('POST', `${base}/runs/query`, { experiments: [], lifecycle: 'all', ids, columns, limit: PAGE, nested: 'flat' })),
    );
    const rows = answers.flatMap((answer) => answer.rows);
    return new Map(rows.map((row) => [row.run_id, columns.map((column) => row.values[column] ?? null)]));
  }

  return {
    values: (runs, columns) => once(JSON.stringify(['values', columns, runs]), () => read(runs, columns)),
    named: (runs, mirrored = true) => once(JSON.stringify(['named', mirrored, runs]), () => api<Named>('POST', `${base}/metrics/names`, { runs, mirrored })),
    forget: () => kept.clear(),
  };
}

export function field(kind: 'metric' | 'param', key: string, stat: Stat = 'last'): string {
  return nameOf({ kind, key, stat });
}

/** What a person reads: "auc (best)", "depth". The last value of a metric is what its name alone says. */
export function fieldTitle(name: string): string {
  const found = fieldOf(name);
  if (!found) return name;
  return found.kind === 'metric' && found.stat !== 'last' ? `${found.key} (${STAT_WORDS[found.stat]})` : titleOf(name);
}

export function numeric(value: Value | undefined): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return NaN;
  return Number(value);
}
