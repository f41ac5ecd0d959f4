/** Undo and redo over snapshots. Graphs share what did not change, so a snapshot costs next to nothing. */
import type { GraphDoc } from './document';

export type Entry = { graph: GraphDoc; label: string };
export type History = {
  readonly past: readonly Entry[];
  readonly future: readonly Entry[];
  readonly key: string | null; // of the last edit, for coalescing
  readonly at: number;
};

export const DEPTH = 200;
const PAUSE = 1500;

export const START: History = { past: [], future: [], key: null, at: 0 };

/** Remembers `before`, unless the edit continues the last one: same `key` (one field, one selection), no pause. */
export function record(history: History, before: GraphDoc, label: string, key: string | null, now: number): History {
  if (key !== null && key === history.key && now - history.at < PAUSE && history.past.length > 0) {
    return { ...history, future: [], at: now };
  }
  return { past: [...history.past, { graph: before, label }].slice(-DEPTH), future: [], key, at: now };
}

export function undo(history: History, current: GraphDoc): { history: History; graph: GraphDoc; label: string } | null {
  const last = history.past.at(-1);
  if (!last) return null;
  return {
    graph: last.graph,
    label: last.label,
    history: {
      past: history.past.slice(0, -1),
      future: [...history.future, { graph: current, label: last.label }],
      key: null,
      at: 0,
    },
  };
}

export function redo(history: History, current: GraphDoc): { history: History; graph: GraphDoc; label: string } | null {
  const next = history.future.at(-1);
  if (!next) return null;
  return {
    graph: next.graph,
    label: next.label,
    history: {
      past: [...history.past, { graph: current, label: next.label }],
      future: history.future.slice(0, -1),
      key: null,
      at: 0,
    },
  };
}
