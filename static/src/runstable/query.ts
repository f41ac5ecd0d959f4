/** Asking the studio for runs: shapes and addresses of its API. */

import { api } from '../app/api';
import type { Status } from '../runs/states';
import type { FieldKind } from './fields';
import type { Lifecycle, SortKey, View } from './view';

/** Numbers that JSON has no word for come as texts: "NaN", "Infinity", "-Infinity". */
export type Cell = string | number | boolean | null;

export interface RunRow {
  run_id: string;
  name: string;
  status: Status;
  kind: string;
  experiment: { id: number | string; name: string } | null;
  created_by: string | null;
  created_at: string;
  started_at: string | null;
  seconds: number | null;
  starred: boolean;
  archived: boolean;
  deleted: boolean;
  nested_count: number;
  values: Record<string, Cell>;
  /** Grows whenever something of it is read anew. */
  version?: number;
}

export interface Band {
  mean: number | null;
  std: number | null;
  min: number | null;
  max: number | null;
}

export interface GroupRow {
  values: Record<string, Cell>;
  count: number;
  metrics: Record<string, Band | null>; // null: none of them has a value
  filter: string; // selects just this group, within the same question
}

/** Which runs, and in which order. */
export interface Question {
  experiments: number[];
  filter: string;
  lifecycle: Lifecycle;
  nested: 'flat' | 'roots';
  order: SortKey[];
  ids?: string[] | null;
}

export interface Page<Row> {
  rows: Row[];
  total: number;
  total_is_exact: boolean;
  last_event: number;
}

export interface Experiment {
  id: string;
  name: string;
  is_default: boolean;
  deleted: boolean;
  runs: number | null;
}

export interface SavedView {
  id: number;
  name: string;
  state: unknown;
  shared: boolean;
  owner: string;
  mine: boolean;
  default: boolean;
}

export interface FieldName {
  kind: FieldKind;
  key: string;
}

export function questionOf(view: View): Question {
  return {
    experiments: view.experiments.map(Number),
    filter: view.filter,
    lifecycle: view.lifecycle,
    nested: view.roots ? 'roots' : 'flat',
    order: view.order,
  };
}

export class RunsApi {
  readonly base: string;

  constructor(readonly workspace: string) {
    this.base = `/api/v1/w/${encodeURIComponent(workspace)}`;
  }

  async runs(question: Question, columns: string[], offset: number, limit: number, signal?: AbortSignal): Promise<Page<RunRow>> {
    const page = await api<Page<RunRow>>('POST', `${this.base}/runs/query`, { ...question, columns, offset, limit }, { signal });
    // What was asked for and is not there is none; what was not asked for is not known.
    for (const row of page.rows) for (const name of columns) row.values[name] ??= null;
    return page;
  }

  async groups(question: Question, by: string[], columns: string[], offset: number, limit: number, signal?: AbortSignal): Promise<Page<GroupRow>> {
    type Answer = Omit<Page<GroupRow>, 'rows'> & { groups: GroupRow[] };
    const answer = await api<Answer>('POST', `${this.base}/runs/query`, { ...question, columns, group_by: by, offset, limit }, { signal });
    return { ...answer, rows: answer.groups };
  }

  /** The columns that the first of these runs have values for, the telling ones first. */
  async suggested(question: Question, signal?: AbortSignal): Promise<string[]> {
    return (await api<{ columns: string[] }>('POST', `${this.base}/runs/columns`, question, { signal })).columns;
  }

  fields(kind: FieldKind, q: string, experiments: string[], cursor: string | null, signal?: AbortSignal): Promise<{ results: FieldName[]; next: string | null }> {
    const query = new URLSearchParams({ kind, q });
    if (experiments.length) query.set('experiments', experiments.join(','));
    if (cursor) query.set('cursor', cursor);
    return api('GET', `${this.base}/runs/fields?${query}`, undefined, { signal });
  }

  /** The values that a field has among these runs, for suggestions. */
  async values(question: Question, field: string, limit: number, signal?: AbortSignal): Promise<string[]> {
    const { rows } = await this.groups({ ...question, order: [] }, [field], [], 0, limit, signal);
    return rows.map((row) => row.values[field]).filter((value): value is Cell => value !== null && value !== undefined && value !== '').map(String);
  }
}
