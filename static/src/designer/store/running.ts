/** Running and watching: what each node came to, told by the server as it happens. */
import { ApiError, sentence } from '../../app/api';
import type { NodeState, Problem, Progress, RunRef, Status } from '../api';
import { same } from '../graph/params';
import type { Saver } from './saver';
import type { Env, Get, News, RunningSlice, Write } from './state';

export const OVER: ReadonlySet<Status> = new Set(['completed', 'failed', 'errored', 'cancelled', 'skipped']);
export const isOver = (run: RunRef | null): boolean => run === null || OVER.has(run.status);

export function runningSlice(set: Write, get: Get, env: Env, saver: Saver): RunningSlice & { watchWorkspace(): void } {
  let watched: string | null = null;
  let stop: () => void = () => undefined;
  let refreshing: ReturnType<typeof setTimeout> | undefined;

  // An answer that was on its way while news came in is older than the news: what they told stays as it is.
  let told = 0;
  let runTold = 0;
  const toldOf = new Map<string, number>();

  /** Only the nodes that changed get a new state, so only they are drawn again. */
  function merge(nodes: Record<string, NodeState>, asked: number): void {
    const { states, since } = get();
    const next: Record<string, NodeState> = {};
    const started = { ...since };
    for (const [id, known] of Object.entries(states)) if ((toldOf.get(id) ?? 0) > asked) next[id] = known;
    for (const [id, state] of Object.entries(nodes)) {
      if (next[id]) continue;
      next[id] = states[id] && same(states[id], state) ? states[id] : state;
      if (state.status === 'running') started[id] ??= Date.now() - (state.seconds ?? 0) * 1000;
      else delete started[id];
    }
    set({ states: next, since: started });
  }

  function watch(run: RunRef | null): void {
    if (!run || OVER.has(run.status)) {
      stop();
      stop = () => undefined;
      watched = null;
      return;
    }
    if (watched === run.run_id) return;
    stop();
    watched = run.run_id;
    stop = env.subscribe('run', run.run_id, 0, hear);
  }

  function hear({ type, body }: News): void {
    if (type === 'run') {
      const run = { run_id: String(body.run_id), status: body.status as Status };
      if (run.run_id !== get().run?.run_id) return;
      runTold = ++told;
      set({ run });
      if (OVER.has(run.status)) {
        soon();
        watch(null);
        get().speak(`The run ${ENDS[run.status] ?? 'ended'}.`);
      }
    } else if (type === 'step') step(body);
    else if (type === 'progress') progress(body);
    else if (type === 'log') {
      const id = String(body.node_id ?? '');
      set({ logTick: { ...get().logTick, [id]: Number(body.seq ?? 0) } });
    }
  }

  function step(body: Record<string, unknown>): void {
    const id = String(body.node_id);
    toldOf.set(id, ++told);
    const { states, since } = get();
    const last = states[id];
    const state: NodeState = {
      run_id: String(body.run_id),
      status: body.status as Status,
      seconds: (body.seconds as number | null) ?? null,
      peak_memory: (body.peak_memory as number | null) ?? null,
      reused: Boolean(body.reused),
      reuse_reason: String(body.reuse_reason ?? ''),
      error: (body.error as NodeState['error']) ?? null,
      stale: false,
      outputs: (body.outputs as NodeState['outputs']) ?? [],
      progress: body.status === 'running' && last?.run_id === body.run_id ? last.progress : null,
    };
    const started = { ...since };
    if (state.status === 'running') started[id] ??= Date.now();
    else delete started[id];
    set({ states: { ...states, [id]: state }, since: started });
  }

  function progress(body: Record<string, unknown>): void {
    const id = String(body.node_id);
    const last = get().states[id];
    if (!last || last.run_id !== body.run_id) return;
    const { done, total, message } = body as Progress;
    set({ states: { ...get().states, [id]: { ...last, progress: { done, total, message } } } });
  }

  function soon(): void {
    clearTimeout(refreshing);
    refreshing = setTimeout(() => void get().refreshState(), 150);
  }

  async function begin(start: () => Promise<{ run_id: string }>): Promise<void> {
    if (get().submitting) return;
    set({ submitting: true });
    try {
      const { run_id } = await start();
      set({ run: { run_id, status: 'queued' }, since: {}, logTick: {} });
      watch(get().run);
      get().speak('The run is queued.');
      await get().refreshState();
    } catch (error) {
      const problems = error instanceof ApiError ? (error.fields.problems as Problem[] | undefined) : undefined;
      if (problems?.length) {
        set({ problems, byNode: group(problems), drawer: 'problems' });
        const count = problems.filter((problem) => problem.severity === 'error').length;
        env.say(
          `Not started: ${count === 1 ? 'one problem is' : `${count} problems are`} in the way. See the list.`,
          'warning',
        );
      } else env.say(`Not started. ${sentence(error)}`, 'danger');
    } finally {
      set({ submitting: false });
    }
  }

  return {
    run: null,
    states: {},
    since: {},
    logTick: {},
    submitting: false,
    reuse: true,
    setReuse: (reuse) => set({ reuse }),

    submit: (mode, node) =>
      begin(async () => {
        const revision = await saver.flush();
        return env.api.submit(revision, mode, node ?? null, get().reuse);
      }),

    async resume() {
      const { run } = get();
      if (run) await begin(() => env.api.resume(run.run_id));
    },

    async cancel() {
      const { run } = get();
      if (!run || isOver(run)) return;
      set({ run: { ...run, status: 'cancelling' } });
      try {
        await env.api.cancel(run.run_id);
      } catch (error) {
        env.say(sentence(error), 'danger');
      }
      soon();
    },

    async refreshState() {
      const asked = told;
      try {
        const state = await env.api.state();
        if (state.run && runTold <= asked) set({ run: state.run });
        merge(state.nodes, asked);
        watch(get().run);
        // What the news do not tell (whether a result is out of date) is asked again when they are quiet.
        if (told > asked) soon();
      } catch {
        // The news come again when the connection does.
      }
    },

    /** A run started in another tab, or by somebody else. */
    watchWorkspace() {
      env.subscribe('workspace', env.workspace, 0, ({ type, body }) => {
        if (type === 'run' && body.status === 'queued' && body.run_id !== get().run?.run_id && !get().submitting)
          soon();
      });
    },
  };
}

const ENDS: Partial<Record<Status, string>> = {
  completed: 'is complete',
  failed: 'failed',
  errored: 'ended with an error of the studio',
  cancelled: 'was cancelled',
};

export function group(problems: readonly Problem[]): Record<string, Problem[]> {
  const byNode: Record<string, Problem[]> = {};
  for (const problem of problems) if (problem.node) (byNode[problem.node] ??= []).push(problem);
  return byNode;
}

/** As `group`, but a node whose problems are the same keeps its list, and is not drawn again. */
export function regroup(before: Record<string, Problem[]>, problems: readonly Problem[]): Record<string, Problem[]> {
  const after = group(problems);
  for (const id of Object.keys(after)) if (before[id] && same(before[id], after[id])) after[id] = before[id];
  return after;
}
