/** The compared runs as the page holds them: read once, read again when runs move, told to everybody who shows them. */

import { api, ApiError, sentence } from '../app/api';
import { subscribe } from '../live/news';
import { isOver } from '../runs/states';
import type { Compared } from './wire';

/** Sockets carry few subscriptions; beyond these the news of the workspace say that something ended. */
const MOST_LISTENED = 20;
/** The least time between two readings while runs write. */
const READ_EVERY = 2000;

export interface Store {
  compared: () => Compared;
  /** Other runs, or the same once more. */
  read: (runs: string[]) => Promise<void>;
  stop: () => void;
}

/** `changed` is told after each reading: which runs have news, or null if the runs are others. */
export function store(workspace: string, mostInAddress: number, changed: (news: ReadonlySet<string> | null) => void, failed: (message: string) => void): Store {
  const base = `/api/v1/w/${encodeURIComponent(workspace)}/runs/compare`;
  let now: Compared = nothing();
  let asked: string[] = [];
  let stops: (() => void)[] = [];
  let news = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let reading = 0;
  let lasted = 0;

  const source = async (runs: string[]): Promise<string> => {
    if (runs.length <= mostInAddress) return `${base}?runs=${runs.map(encodeURIComponent).join(',')}`;
    return `${base}?set=${await keyOf(workspace, runs)}`;
  };
  const fetchAll = async (runs: string[], told: ReadonlySet<string> | null): Promise<void> => {
    const mine = (reading += 1);
    const began = performance.now();
    try {
      const found = runs.length ? await api<Compared>('GET', await source(runs)) : nothing();
      if (mine !== reading) return; // a later wish has overtaken this one
      now = found;
      failed('');
      listen();
      changed(told);
    } catch (error) {
      if (mine !== reading) return;
      // While the studio restarts what is shown stays; the next news asks again.
      if (!(error instanceof ApiError && error.status === 0 && now.runs.length)) failed(sentence(error));
    } finally {
      lasted = performance.now() - began;
    }
  };
  const heard = (run: string): void => {
    news.add(run);
    timer ??= setTimeout(() => {
      timer = undefined;
      const told = news;
      news = new Set();
      void fetchAll(asked, told);
    }, Math.max(READ_EVERY, 5 * lasted));
  };
  /** Only those that may still move. */
  const listen = (): void => {
    for (const stop of stops) stop();
    stops = [];
    const active = now.runs.filter((run) => !isOver(run.status) && !run.deleted);
    for (const run of active.slice(0, MOST_LISTENED)) {
      stops.push(subscribe('run', run.root ?? run.run_id, now.last_event, ({ type }) => {
        if (type !== 'log' && type !== 'error') heard(run.run_id);
      }));
    }
    const others = new Set(active.slice(MOST_LISTENED).map((run) => run.run_id));
    if (!others.size) return;
    stops.push(subscribe('workspace', workspace, now.last_event, ({ body }) => {
      const run = String((body as { run_id?: string } | null)?.run_id ?? '');
      if (others.has(run)) heard(run);
    }));
  };

  return {
    compared: () => now,
    read: (runs) => {
      asked = runs;
      return fetchAll(runs, null);
    },
    stop: () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    },
  };
}

const keys = new Map<string, Promise<string>>();

/** The key that the address came with. */
export function rememberKey(runs: string[], key: string): void {
  keys.set(runs.join(','), Promise.resolve(key));
}

/** The short key that stands for many runs; made by the server, asked for once. */
export function keyOf(workspace: string, runs: string[]): Promise<string> {
  const all = runs.join(',');
  let key = keys.get(all);
  if (!key) {
    key = api<{ key: string }>('POST', `/api/v1/w/${encodeURIComponent(workspace)}/runs/selections`, { runs }).then((made) => made.key);
    keys.set(all, key);
    key.catch(() => keys.delete(all));
  }
  return key;
}

function nothing(): Compared {
  return { runs: [], missing: [], metrics: [], params: [], tags: [], environment: [], data: [], code: [], outputs: [], evaluations: [], last_event: 0 };
}
