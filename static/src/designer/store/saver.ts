/** Autosave: one save at a time, each naming the revision it started from, and a mark that says what is true. */
import { ApiError } from '../../app/api';
import { type GraphDoc, readGraph, sameGraph } from '../graph/document';
import type { Pipeline, Saved } from '../api';

export type SaveMark =
  | { kind: 'saved'; at: string | null }
  | { kind: 'saving' }
  | { kind: 'retrying'; reason: string; at: number }
  | { kind: 'refused'; reason: string } // trying again would not help
  | { kind: 'conflict'; by: string; at: string };

export type SaverPorts = {
  save(graph: GraphDoc, revision: number, force: boolean): Promise<Saved>;
  saveLeaving(graph: GraphDoc, revision: number): boolean;
  look(): Promise<Pipeline>;
  graph(): GraphDoc;
  mark(mark: SaveMark): void;
  saved(revision: number): void;
};

export const PAUSE = 500;
const LONGEST_WAIT = 30_000;

export type Saver = ReturnType<typeof makeSaver>;

export function makeSaver(ports: SaverPorts, start: { revision: number; graph: GraphDoc; at: string | null }) {
  let revision = start.revision;
  let kept = start.graph; // what the server has, as far as we know
  let timer: ReturnType<typeof setTimeout> | undefined;
  let busy: Promise<void> | null = null;
  let attempt = 0;
  let conflict: Pipeline | null = null;
  let failure: unknown = null;

  const dirty = (): boolean => ports.graph() !== kept;
  const clean = (at: string | null): void => ports.mark({ kind: 'saved', at });

  function later(milliseconds: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void save(), milliseconds);
  }

  /** The drawing has changed. */
  function changed(): void {
    if (conflict) return;
    if (!dirty()) return;
    attempt = 0;
    ports.mark({ kind: 'saving' });
    later(PAUSE);
  }

  function save(): Promise<void> {
    clearTimeout(timer);
    busy ??= run().finally(() => {
      busy = null;
      // Edits made while the last save was on its way.
      if (dirty() && !conflict && failure === null) later(PAUSE);
    });
    return busy;
  }

  async function run(force = false): Promise<void> {
    const graph = ports.graph();
    if (graph === kept && !force) return;
    ports.mark({ kind: 'saving' });
    failure = null;
    try {
      arrived(graph, await ports.save(graph, revision, force));
    } catch (error) {
      await failed(graph, error);
    }
  }

  function arrived(graph: GraphDoc, saved: Saved): void {
    revision = saved.revision;
    kept = graph;
    attempt = 0;
    ports.saved(revision);
    if (!dirty()) clean(saved.updated_at);
  }

  async function failed(graph: GraphDoc, error: unknown): Promise<void> {
    failure = error;
    const reason = error instanceof Error ? error.message : String(error);
    const status = error instanceof ApiError ? error.status : 0;
    if (status === 409) {
      const theirs = await ports.look().catch(() => null);
      if (theirs && sameGraph(readGraph(theirs.graph), graph)) {
        // Our own save had arrived, only its answer had not.
        failure = null;
        arrived(graph, { revision: theirs.revision, updated_at: theirs.updated_at });
        return;
      }
      if (theirs) {
        conflict = theirs;
        ports.mark({ kind: 'conflict', by: theirs.updated_by ?? 'someone', at: theirs.updated_at });
        return;
      }
    } else if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
      ports.mark({ kind: 'refused', reason });
      return;
    }
    const wait = Math.min(1000 * 2 ** attempt++, LONGEST_WAIT);
    ports.mark({ kind: 'retrying', reason, at: Date.now() + wait });
    later(wait);
  }

  /** Everything is saved when this resolves; rejects with the reason where it could not be. Returns the revision. */
  async function flush(): Promise<number> {
    if (conflict) throw new Error('This pipeline was changed elsewhere. First choose which drawing to keep.');
    if (busy) await busy;
    if (dirty()) await save();
    if (dirty() && failure === null && !conflict) await save();
    if (conflict) throw new Error('This pipeline was changed elsewhere. First choose which drawing to keep.');
    if (dirty()) throw failure instanceof Error ? failure : new Error('The last edits could not be saved yet.');
    return revision;
  }

  return {
    changed,
    flush,
    dirty,
    revision: () => revision,
    retry: () => void save(),

    /** The page goes away. False: something is unsaved and could not be sent. */
    leave(): boolean {
      if (!dirty()) return true;
      if (conflict || busy) return false;
      return ports.saveLeaving(ports.graph(), revision);
    },

    theirs: (): Pipeline | null => conflict,

    /** The server's drawing holds from here on (theirs was taken, or an older one restored). */
    adopt(graph: GraphDoc, at: Saved): void {
      conflict = null;
      failure = null;
      revision = at.revision;
      kept = graph;
      clearTimeout(timer);
      clean(at.updated_at);
    },

    async keepMine(): Promise<void> {
      if (!conflict) return;
      revision = conflict.revision;
      conflict = null;
      busy = run(true).finally(() => {
        busy = null;
      });
      await busy;
    },
  };
}
