/** A run as the page holds it, and what each piece of news changes in it. Pure: no DOM, no network. */

import type { NewsEvent } from '../live/news';
import { isOver, type Status } from './states';

export interface RunError {
  code: string;
  message: string;
  traceback?: string;
}
export interface Output {
  port: string;
  type: string;
  bytes?: number;
  summary: Record<string, unknown> & { rows?: number; columns?: { name: string; kind: string }[] };
}
export interface Progress {
  done?: number;
  total?: number;
  message?: string;
}
export interface Step {
  run_id: string;
  node_id: string;
  name: string;
  component: string;
  status: Status;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  seconds: number | null;
  peak_memory: number | null;
  reused: boolean;
  reused_from: { run_id: string; root: string } | null;
  reuse_reason: string;
  error: RunError | null;
  progress: Progress;
  outputs: Output[];
}
export interface Metric {
  run_id: string;
  node_id: string;
  key: string;
  last: number | string;
  last_step: number;
  minimum: number | string | null;
  maximum: number | string | null;
  count: number;
}
export interface Param {
  run_id: string;
  node_id: string;
  key: string;
  value: string;
}
export interface RunRecord {
  run_id: string;
  name: string;
  kind: string;
  status: Status;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  seconds: number | null;
  error: RunError | null;
  environment: { python?: string; platform?: string; packages?: Record<string, string> } | null;
  progress: Progress;
  steps: Step[];
  params: Param[];
  metrics: Metric[];
  inputs: { data: string; version: number; port: string }[];
  more: string[];
  last_event: number;
}

/** What a piece of news asks the page to do beyond showing the new record. */
export interface Change {
  record: RunRecord;
  /** Something only the server knows has changed: read the run again soon. */
  read: boolean;
}

export function apply(record: RunRecord, news: Pick<NewsEvent, 'type' | 'body'>, now: Date = new Date()): Change {
  switch (news.type) {
    case 'run': {
      const { status, seconds, error } = news.body as { status: Status; seconds: number | null; error: RunError | null };
      const moved = status !== record.status;
      return {
        record: {
          ...record,
          status,
          seconds: seconds ?? record.seconds,
          error: error ? { ...record.error, ...error } : null,
          started_at: record.started_at ?? (status === 'running' ? now.toISOString() : null),
        },
        // The steps of a run come into being when it starts; times and tracebacks are known when it ends.
        read: moved && (status === 'running' || isOver(status)),
      };
    }
    case 'step': {
      const body = news.body as Partial<Step> & { node_id: string; status: Status };
      const known = record.steps.find((step) => step.node_id === body.node_id);
      if (!known) return { record, read: true };
      const moved = body.status !== known.status;
      const changed: Step = {
        ...known,
        ...body,
        error: body.error ? { ...known.error, ...body.error } : null,
        outputs: body.outputs?.length ? merged(known.outputs, body.outputs) : known.outputs,
        started_at: known.started_at ?? (body.status === 'running' ? now.toISOString() : null),
        ended_at: known.ended_at ?? (moved && isOver(body.status) ? now.toISOString() : null),
      };
      return { record: { ...record, steps: replaced(record.steps, changed) }, read: moved && isOver(body.status) };
    }
    case 'progress': {
      const { node_id, done, total, message } = news.body as Progress & { node_id: string };
      const progress = { done, total, message };
      if (!node_id) return { record: { ...record, progress }, read: false };
      const known = record.steps.find((step) => step.node_id === node_id);
      if (!known) return { record, read: false };
      return { record: { ...record, steps: replaced(record.steps, { ...known, progress }) }, read: false };
    }
    case 'metric':
    case 'note':
    case 'reread':
      return { record, read: true };
    default:
      return { record, read: false };
  }
}

export function counted(steps: readonly Step[]): { done: number; total: number; running: number; failed: number } {
  const is = (...states: Status[]): number => steps.filter((step) => states.includes(step.status)).length;
  return { done: is('completed'), total: steps.length, running: is('running'), failed: is('failed', 'errored') };
}

/** Seconds so far: those that were measured, else those since it started. */
export function elapsed(one: { seconds: number | null; started_at: string | null; ended_at?: string | null; status: Status }, now: number): number | null {
  if (one.seconds !== null) return one.seconds;
  if (!one.started_at) return null;
  if (isOver(one.status)) return one.ended_at ? Math.max(0, (Date.parse(one.ended_at) - Date.parse(one.started_at)) / 1000) : null;
  return Math.max(0, (now - Date.parse(one.started_at)) / 1000);
}

export function share({ done, total }: Progress): number | null {
  return typeof done === 'number' && typeof total === 'number' && total > 0 ? Math.min(1, Math.max(0, done / total)) : null;
}

function replaced(steps: Step[], changed: Step): Step[] {
  return steps.map((step) => (step.node_id === changed.node_id ? changed : step));
}

/** News carry no sizes; keep those that are known. */
function merged(known: Output[], told: Output[]): Output[] {
  return told.map((output) => ({ ...known.find((one) => one.port === output.port), ...output }));
}
