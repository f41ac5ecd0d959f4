/** What `GET …/runs/compare` says: one list per row of the table, each text once. */

import type { Status } from '../runs/states';

export interface RunHead {
  run_id: string;
  name: string;
  kind: string;
  status: Status;
  source: string;
  compute: string;
  person: string | null;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  seconds: number | null;
  peak_memory: number | null;
  experiment: string | null;
  experiment_id: number | null;
  /** Of a step: the run it belongs to. */
  root: string | null;
  archived: boolean;
  deleted: boolean;
}

/** A value too long for the table. */
export interface Long {
  start: string;
  length: number;
}

export interface TextRow {
  key: string;
  values: (string | Long)[];
  /** For each run the place in `values`, -1 where it has none; absent: all have the one value. */
  of?: number[];
  /** Only these runs are spoken of. */
  runs?: number[];
}

/** Infinite numbers and NaN are words, as JSON has none. */
export type Wired = number | 'NaN' | 'Infinity' | '-Infinity' | null;

export interface MetricRow {
  key: string;
  better: 'min' | 'max';
  last: Wired[];
  min: Wired[];
  max: Wired[];
  runs?: number[];
}

export interface EvaluationAt {
  run: number;
  /** Of the step that left it. */
  run_id: string;
  node_id: string;
  name: string;
  port: string;
}

export const TEXTS = ['params', 'tags', 'environment', 'data', 'code', 'outputs'] as const;
export type TextSection = (typeof TEXTS)[number];

export type Compared = Record<TextSection, TextRow[]> & {
  runs: RunHead[];
  missing: string[];
  metrics: MetricRow[];
  evaluations: EvaluationAt[];
  last_event: number;
};
