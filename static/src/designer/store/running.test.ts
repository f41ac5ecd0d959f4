import { describe, expect, it, vi } from 'vitest';
import type { NodeState, PipelineState } from '../api';
import { runningSlice } from './running';
import type { Saver } from './saver';
import type { Env, News, Studio, Write } from './state';

const node = (status: string): NodeState =>
  ({ run_id: 'r', status, seconds: null, peak_memory: null, reused: false, reuse_reason: '', error: null, stale: false, outputs: [], progress: null }) as NodeState;

/** The slice by itself: the server answers when the test says so, and news come when it says so. */
function scene() {
  const answers: ((answer: PipelineState) => void)[] = [];
  let tell = (_: News): void => undefined;
  const api = {
    submit: vi.fn(async () => ({ run_id: 'r' })),
    state: vi.fn(() => new Promise<PipelineState>((resolve) => answers.push(resolve))),
  };
  const env = { api, say: vi.fn(), workspace: 'lab', subscribe: (_t: string, _i: string, _a: number, hear: (news: News) => void) => ((tell = hear), () => undefined) };
  const state = { speak: () => undefined } as unknown as Studio;
  const set: Write = (fields) => Object.assign(state, typeof fields === 'function' ? fields(state) : fields);
  Object.assign(state, runningSlice(set, () => state, env as unknown as Env, { flush: async () => 1 } as unknown as Saver));
  return { state, api, tell: (news: News) => tell(news), answer: async (answer: PipelineState) => (answers.shift()!(answer), await Promise.resolve(), await Promise.resolve()) };
}

describe('watching a run', () => {
  it('keeps what the news told while an older answer was on its way', async () => {
    const { state, tell, answer } = scene();
    void state.submit('all');
    await vi.waitFor(() => expect(state.run?.run_id).toBe('r'));
    tell({ type: 'run', body: { run_id: 'r', status: 'running' } } as News);
    tell({ type: 'step', body: { node_id: 'a', run_id: 's', status: 'running' } } as News);

    await answer({ run: { run_id: 'r', status: 'queued' }, nodes: { a: node('queued'), b: node('queued') } } as PipelineState);

    expect(state.run?.status).toBe('running');
    expect(state.states.a.status).toBe('running');
    expect(state.states.b.status).toBe('queued');
  });

  it('takes the answer where nothing was told meanwhile', async () => {
    const { state, answer } = scene();
    void state.refreshState();
    await answer({ run: { run_id: 'r', status: 'running' }, nodes: { a: node('running') } } as PipelineState);
    expect(state.run?.status).toBe('running');
    expect(state.states.a.status).toBe('running');
  });
});
