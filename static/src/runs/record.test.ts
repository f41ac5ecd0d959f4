import { describe, expect, it } from 'vitest';

import { apply, counted, elapsed, share, type RunRecord, type Step } from './record';

const now = new Date('2026-03-04T10:00:00Z');
const step = (node_id: string, more: Partial<Step> = {}): Step => ({
  run_id: `r-${node_id}`, node_id, name: node_id, component: 'split-data', status: 'queued', created_at: '', started_at: null,
  ended_at: null, seconds: null, peak_memory: null, reused: false, reused_from: null, reuse_reason: '', error: null, progress: {},
  outputs: [], ...more,
});
const record = (more: Partial<RunRecord> = {}): RunRecord => ({
  run_id: 'r', name: 'Income', kind: 'pipeline', status: 'queued', created_at: '', started_at: null, ended_at: null, seconds: null,
  error: null, environment: null, progress: {}, steps: [step('a'), step('b')], params: [], metrics: [], inputs: [], more: [], last_event: 1,
  ...more,
});

describe('news of a run', () => {
  it('start it, and ask for its steps', () => {
    const { record: after, read } = apply(record(), { type: 'run', body: { status: 'running', seconds: null, error: null } }, now);

    expect(after.status).toBe('running');
    expect(after.started_at).toBe(now.toISOString());
    expect(read).toBe(true);
  });

  it('change one step and leave the others alone', () => {
    const before = record({ status: 'running' });
    const { record: after, read } = apply(before, { type: 'step', body: { node_id: 'a', status: 'running', seconds: null } }, now);

    expect(after.steps[0]).toMatchObject({ status: 'running', started_at: now.toISOString() });
    expect(after.steps[1]).toBe(before.steps[1]);
    expect(read).toBe(false);
  });

  it('bring the outputs of a step that is done, and ask for what it logged', () => {
    const body = { node_id: 'a', status: 'completed', seconds: 0.3, outputs: [{ port: 'first', type: 'table', summary: { rows: 3 } }] };
    const { record: after, read } = apply(record(), { type: 'step', body }, now);

    expect(after.steps[0].outputs).toEqual(body.outputs);
    expect(after.steps[0].ended_at).toBe(now.toISOString());
    expect(read).toBe(true);
  });

  it('ask to read the run when a step is unknown', () => {
    expect(apply(record(), { type: 'step', body: { node_id: 'new', status: 'queued' } }).read).toBe(true);
  });

  it('say how far a step is', () => {
    const { record: after } = apply(record(), { type: 'progress', body: { node_id: 'b', done: 3, total: 4, message: 'Folds' } });

    expect(share(after.steps[1].progress)).toBe(0.75);
  });

  it('told twice change nothing more', () => {
    const news = { type: 'step' as const, body: { node_id: 'a', status: 'completed', seconds: 0.3 } };
    const once = apply(record(), news, now).record;

    expect(apply(once, news, new Date(0))).toEqual({ record: once, read: false });
  });
});

describe('a run', () => {
  it('counts its steps', () => {
    const steps = [step('a', { status: 'completed' }), step('b', { status: 'failed' }), step('c', { status: 'running' })];

    expect(counted(steps)).toEqual({ done: 1, total: 3, running: 1, failed: 1 });
  });

  it('lasts since it started until its seconds are known', () => {
    const started_at = new Date(1000).toISOString();

    expect(elapsed({ seconds: null, started_at, status: 'running' }, 3000)).toBe(2);
    expect(elapsed({ seconds: 9, started_at, status: 'running' }, 3000)).toBe(9);
    expect(elapsed({ seconds: null, started_at: null, status: 'queued' }, 3000)).toBeNull();
  });
});
