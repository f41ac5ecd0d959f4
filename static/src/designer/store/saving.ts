/** Saved means saved: the mark, the choice when two people changed one drawing, and the way back in time. */
import { sentence } from '../../app/api';
import { readGraph, sameGraph } from '../graph/document';
import { drawEdges, drawNodes } from './flow';
import type { Saver } from './saver';
import type { Env, Get, SavingSlice, Write } from './state';

export function savingSlice(
  set: Write,
  get: Get,
  env: Env,
  saver: Saver,
  start: { revision: number; at: string },
  changed: () => void,
): SavingSlice {
  return {
    save: { kind: 'saved', at: start.at },
    revision: start.revision,
    preview: null,

    takeTheirs() {
      const theirs = saver.theirs();
      if (!theirs) return;
      // My drawing stays one undo away: nothing is lost by choosing.
      get().replace(readGraph(theirs.graph), 'take the other drawing');
      saver.adopt(get().graph, theirs);
      set({ revision: theirs.revision, name: theirs.name });
      changed();
    },

    async keepMine() {
      await saver.keepMine();
      changed();
    },

    retrySave: () => saver.retry(),

    /** Back in this tab: another one may have gone on. Without edits of our own there is nothing to choose. */
    async lookForOthers() {
      if (saver.dirty() || saver.theirs()) return;
      try {
        const now = await env.api.pipeline();
        if (now.revision <= saver.revision() || saver.dirty() || saver.theirs()) return;
        const graph = readGraph(now.graph);
        if (!sameGraph(graph, get().graph)) {
          get().replace(graph, 'changes made elsewhere');
          env.say(`${now.updated_by ?? 'Someone'} changed this pipeline meanwhile; you see it as it is now.`, 'info');
        }
        saver.adopt(get().graph, now);
        set({ revision: now.revision, name: now.name });
        changed();
      } catch {
        // Out of reach just now: the next save will tell.
      }
    },

    async showVersion(revision) {
      if (revision === null) {
        const { graph, catalogue } = get();
        set({ preview: null, nodes: drawNodes([], graph, catalogue), edges: drawEdges([], graph) });
        return;
      }
      try {
        const graph = readGraph((await env.api.version(revision)).graph);
        get().openNode(null);
        set({
          preview: { revision, graph },
          nodes: drawNodes([], graph, get().catalogue),
          edges: drawEdges([], graph),
        });
      } catch (error) {
        env.say(sentence(error), 'danger');
      }
    },

    async restore(version) {
      try {
        const base = await saver.flush();
        const restored = await env.api.restore(version, base);
        set({ preview: null });
        get().replace(readGraph(restored.graph), `restore revision ${version}`);
        saver.adopt(get().graph, {
          revision: restored.revision,
          updated_at: restored.updated_at ?? new Date().toISOString(),
        });
        set({ revision: restored.revision });
        env.say(`Revision ${version} is back. The drawing before it stays in the history.`, 'success');
        changed();
      } catch (error) {
        env.say(sentence(error), 'danger');
      }
    },
  };
}
