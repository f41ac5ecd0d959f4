/** The designer's questions to the server. The only file here that knows addresses. */
import { api, csrfToken } from '../app/api';
import type { CatalogueJson } from './graph/catalogue';
import type { GraphDoc } from './graph/document';

export type Problem = {
  code: string;
  message: string;
  severity: 'error' | 'warning';
  node: string | null;
  port: string | null;
  param: string | null;
};

export type Schema = {
  type: 'table' | 'model' | 'other';
  known?: boolean;
  columns?: { name: string; kind: string }[];
  label?: string | null;
  task?: string;
  algorithm?: string;
  features?: { name: string; kind: string }[];
};
export type Schemas = Record<string, { inputs: Record<string, Schema>; outputs: Record<string, Schema> }>;
export type Check = { problems: Problem[]; schemas: Schemas };

export type Status = 'queued' | 'running' | 'cancelling' | 'completed' | 'failed' | 'errored' | 'cancelled' | 'skipped';

export type Summary = Record<string, unknown> & { rows?: number; columns?: { name: string; kind: string }[] };
export type Output = { port: string; type: string; summary: Summary };
export type Progress = { done?: number; total?: number; message?: string };
export type NodeState = {
  run_id: string;
  status: Status;
  seconds: number | null;
  peak_memory: number | null;
  reused: boolean;
  reuse_reason: string;
  error: { code: string; message: string } | null;
  stale: boolean;
  outputs: Output[];
  progress: Progress | null;
};
export type RunRef = { run_id: string; status: Status };
export type PipelineState = { run: RunRef | null; nodes: Record<string, NodeState> };

export type Pipeline = {
  id: number;
  name: string;
  description: string;
  revision: number;
  graph: unknown;
  updated_at: string;
  updated_by: string | null;
  can_edit: boolean;
};
export type Saved = { revision: number; updated_at: string };
export type Version = {
  revision: number;
  reason: string;
  created_by: string | null;
  created_at: string;
  node_count: number;
};
export type Page<T> = { next: string | null; previous: string | null; results: T[] };
export type Asset = { name: string; description?: string; versions?: number; latest?: unknown };
export type AssetVersion = { number: number; status: string; rows?: number | null; created_at?: string };
export type LogLine = { seq: number; timestamp: string; stream: string; text: string };
export type Mode = 'all' | 'to' | 'only';
export type RunDetail = {
  run_id: string;
  status: Status;
  seconds: number | null;
  error: { code: string; message: string; traceback?: string } | null;
  params: Record<string, string> | { key: string; value: string }[];
  metrics: Record<string, unknown> | Record<string, unknown>[];
};

export type Api = ReturnType<typeof makeApi>;

/** `root` is the workspace's API address, `id` the pipeline's. */
export function makeApi(root: string, id: string) {
  const own = `${root}/pipelines/${id}`;
  const run = (runId: string) => `${root}/runs/${encodeURIComponent(runId)}`;
  const output = (runId: string, port: string) => `${run(runId)}/outputs/${encodeURIComponent(port)}`;
  const asset = (name: string) => `${root}/data/${encodeURIComponent(name)}`;
  return {
    catalogue: () => api<CatalogueJson>('GET', `${root}/catalogue`),
    pipeline: () => api<Pipeline>('GET', own),
    rename: (name: string) => api<Pipeline>('PATCH', own, { name }),
    save: (graph: GraphDoc, revision: number, force: boolean) =>
      api<Saved>('PUT', `${own}/graph`, force ? { revision, graph, force } : { revision, graph }),
    saveLeaving: (graph: GraphDoc, revision: number) => saveLeaving(`${own}/graph`, { revision, graph }),
    check: (graph: GraphDoc, signal: AbortSignal) => api<Check>('POST', `${own}/check`, { graph }, { signal }),
    versions: (next?: string) => api<Page<Version>>('GET', next ?? `${own}/versions`),
    version: (revision: number) => api<Version & { graph: unknown }>('GET', `${own}/versions/${revision}`),
    restore: (version: number, revision: number) =>
      api<Saved & { graph: unknown }>('POST', `${own}/versions/${version}/restore`, { revision }),
    submit: (revision: number, mode: Mode, node: string | null, reuse: boolean) =>
      api<{ run_id: string; url: string }>('POST', `${own}/runs`, { revision, mode, reuse, ...(node ? { node } : {}) }),
    state: () => api<PipelineState>('GET', `${own}/state`),
    cancel: (runId: string) => api('POST', `${run(runId)}/cancel`, {}),
    resume: (runId: string) => api<{ run_id: string }>('POST', `${run(runId)}/resume`, {}),
    run: (runId: string) => api<RunDetail>('GET', run(runId)),
    logs: (runId: string, after: number) =>
      api<{ lines: LogLine[]; next: number | null }>('GET', `${run(runId)}/logs?after=${after}&limit=1000`),
    evaluation: (runId: string, port: string) => api<unknown>('GET', `${output(runId, port)}/evaluation`),
    rowsUrl: (runId: string, port: string) => `${output(runId, port)}/rows`,
    profileUrl: (runId: string, port: string) => `${output(runId, port)}/profile`,
    downloadUrl: (runId: string, port: string) => `${output(runId, port)}/download`,
    register: (runId: string, port: string, name: string, description: string) =>
      api<{ name?: string; number?: number; version?: number }>('POST', `${output(runId, port)}/register`, {
        name,
        description,
      }),
    assets: (next?: string) => api<Page<Asset>>('GET', next ?? `${root}/data?page_size=200`),
    assetVersions: (name: string) => api<Page<AssetVersion> | AssetVersion[]>('GET', `${asset(name)}/versions`),
    assetRowsUrl: (name: string, version: number) => `${asset(name)}/versions/${version}/rows`,
    assetProfileUrl: (name: string, version: number) => `${asset(name)}/versions/${version}/profile`,
  };
}

/** A browser lets a page that goes away send 64 kB at most; true if this went on its way. */
function saveLeaving(path: string, body: unknown): boolean {
  const text = JSON.stringify(body);
  if (new Blob([text]).size > 60_000) return false;
  void fetch(path, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrfToken() },
    body: text,
    credentials: 'same-origin',
    keepalive: true,
  }).catch(() => undefined);
  return true;
}
