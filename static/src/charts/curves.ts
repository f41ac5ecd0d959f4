/**
 * Curves from the server: what many panels ask for at one moment goes in few requests, and what was read is kept. The
 * server answers with the extremes of each column of pixels, so that no peak is hidden however long the series.
 */

import { api } from '../app/api';

export interface Wanted {
  runs: readonly string[];
  key: string;
  /** "step", "time", "relative" or "metric:<key>" */
  x: string;
  low: number | null;
  high: number | null;
  points: number;
}

export interface Curve {
  run_id: string;
  key: string;
  x: Float64Array;
  /** Not-a-number is a gap; infinities stay. */
  y: Float64Array;
  /** How many values the asked range has, and whether all of them are here. */
  count: number;
  exact: boolean;
  notFinite: number;
}

interface Sent {
  run_id: string;
  key: string;
  x: (number | string | null)[];
  y: (number | string | null)[];
  count: number;
  exact: boolean;
  not_finite: number;
}

interface Waiting {
  wanted: Wanted;
  signal: AbortSignal;
  resolve: (curves: Curve[]) => void;
  reject: (error: unknown) => void;
}

/** Series in one request: a page full of panels is one, a thousand runs are several, and none takes long. */
const MOST_SERIES = 400;
const AT_ONCE = 3;
/** Points kept for panels that come back into view: about 50 MB. */
const MOST_KEPT = 3_000_000;

export interface Curves {
  get(wanted: Wanted, signal: AbortSignal): Promise<Curve[]>;
  /** What these runs had is old; all of it without a list. */
  forget(run_ids?: readonly string[]): void;
}

export function curvesFrom(workspace: string): Curves {
  const address = `/api/v1/w/${encodeURIComponent(workspace)}/metrics/curves`;
  const kept = new Map<string, { curves: Curve[]; points: number; runs: Set<string> }>();
  let points = 0;
  let age = 0;
  let waiting: Waiting[] = [];
  const queue: (() => Promise<void>)[] = [];
  let running = 0;

  const drop = (name: string): void => {
    points -= kept.get(name)?.points ?? 0;
    kept.delete(name);
  };

  const keep = (wanted: Wanted, curves: Curve[]): void => {
    const name = nameOf(wanted);
    drop(name);
    const size = curves.reduce((sum, curve) => sum + curve.x.length, 1);
    kept.set(name, { curves, points: size, runs: new Set(wanted.runs) });
    points += size;
    for (const oldest of kept.keys()) {
      if (points <= MOST_KEPT) break;
      drop(oldest);
    }
  };

  const send = (): void => {
    const asked = waiting.filter((one) => !one.signal.aborted);
    for (const one of waiting) if (one.signal.aborted) one.reject(one.signal.reason);
    waiting = [];
    for (const bundle of bundles(asked)) queue.push(() => request(bundle));
    next();
  };

  const next = (): void => {
    while (running < AT_ONCE && queue.length) {
      running += 1;
      void queue.shift()!().finally(() => {
        running -= 1;
        next();
      });
    }
  };

  async function request(bundle: Waiting[]): Promise<void> {
    // Somebody who scrolls past a hundred panels does not wait for those left behind.
    for (const one of bundle) if (one.signal.aborted) one.reject(one.signal.reason);
    const open = bundle.filter((one) => !one.signal.aborted);
    if (!open.length) return;
    const { runs, x, low, high, points: most } = open[0].wanted;
    const keys = [...new Set(open.map((one) => one.wanted.key))];
    const asked = age;
    try {
      const read: Curve[] = [];
      for (let from = 0; from < runs.length; from += MOST_SERIES) {
        const answer = await api<{ curves: Sent[] }>('POST', address, { runs: runs.slice(from, from + MOST_SERIES), keys, x, low, high, points: most });
        read.push(...answer.curves.map(received));
      }
      const byKey = grouped(read);
      for (const { wanted, resolve } of open) {
        const mine = byKey.get(wanted.key) ?? [];
        // News came while the answer was on its way: shown, but not kept.
        if (asked === age) keep(wanted, mine);
        resolve(mine);
      }
    } catch (error) {
      for (const { reject } of open) reject(error);
    }
  }

  return {
    get(wanted, signal) {
      const name = nameOf(wanted);
      const known = kept.get(name);
      if (known) {
        kept.delete(name);
        kept.set(name, known);
        return Promise.resolve(known.curves);
      }
      return new Promise((resolve, reject) => {
        if (!waiting.length) setTimeout(send);
        waiting.push({ wanted, signal, resolve, reject });
      });
    },
    forget(run_ids) {
      age += 1;
      for (const [name, { runs }] of [...kept]) {
        if (!run_ids || run_ids.some((run) => runs.has(run))) drop(name);
      }
    },
  };
}

/** Those that differ only in their key, together, as far as one request takes. */
function bundles(asked: Waiting[]): Waiting[][] {
  const byRest = new Map<string, Waiting[]>();
  for (const one of asked) {
    const rest = nameOf({ ...one.wanted, key: '' });
    byRest.set(rest, [...(byRest.get(rest) ?? []), one]);
  }
  return [...byRest.values()].flatMap((alike) => {
    const size = Math.max(1, Math.floor(MOST_SERIES / Math.max(1, alike[0].wanted.runs.length)));
    return Array.from({ length: Math.ceil(alike.length / size) }, (_, at) => alike.slice(at * size, (at + 1) * size));
  });
}

export function received(sent: Sent): Curve {
  return {
    run_id: sent.run_id,
    key: sent.key,
    x: Float64Array.from(sent.x, numberOf),
    y: Float64Array.from(sent.y, numberOf),
    count: sent.count,
    exact: sent.exact,
    notFinite: sent.not_finite,
  };
}

function numberOf(value: number | string | null): number {
  return value === null ? NaN : Number(value);
}

function grouped(curves: Curve[]): Map<string, Curve[]> {
  const byKey = new Map<string, Curve[]>();
  for (const curve of curves) {
    const others = byKey.get(curve.key);
    if (others) others.push(curve);
    else byKey.set(curve.key, [curve]);
  }
  return byKey;
}

function nameOf({ runs, key, x, low, high, points }: Wanted): string {
  return JSON.stringify([key, x, low, high, points, runs]);
}
