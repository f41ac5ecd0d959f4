/** The drawing and its history. Every edit goes through `edit`, so that every edit can be undone and is saved. */
import { applyEdgeChanges, applyNodeChanges } from '@xyflow/react';
import { sentence } from '../../app/api';
import type { GraphDoc } from '../graph/document';
import { place } from '../graph/edits';
import { record, redo, START, undo } from '../graph/history';
import { drawEdges, drawNodes } from './flow';
import type { DocumentSlice, Env, Get, Write } from './state';

export function documentSlice(
  set: Write,
  get: Get,
  env: Env,
  graph: GraphDoc,
  name: string,
  changed: () => void,
): DocumentSlice {
  const { catalogue } = get();

  function show(next: GraphDoc, select?: readonly string[]): Partial<DocumentSlice> {
    const chosen = select && new Set(select);
    return {
      graph: next,
      nodes: drawNodes(get().nodes, next, catalogue, chosen),
      edges: drawEdges(get().edges, next, chosen && new Set()),
    };
  }

  /** A panel whose node is gone would edit nothing. */
  function closePanelOfGoneNode(): void {
    const { open, graph: now, openNode } = get();
    if (open && !now.nodes.some((node) => node.id === open)) openNode(null);
  }

  function move(step: ReturnType<typeof undo>, word: string): void {
    if (!get().canEdit) return;
    if (!step) {
      get().speak(`Nothing to ${word.toLowerCase()}.`);
      return;
    }
    set({ ...show(step.graph), history: step.history });
    closePanelOfGoneNode();
    get().speak(`${word}: ${step.label}.`);
    changed();
  }

  return {
    graph,
    name,
    history: START,
    nodes: drawNodes([], graph, catalogue),
    edges: drawEdges([], graph),

    edit(label, change, options = {}) {
      const { graph: before, history, canEdit } = get();
      if (!canEdit) return;
      const after = change(before);
      if (after === before) return;
      set({ ...show(after, options.select), history: record(history, before, label, options.key ?? null, Date.now()) });
      closePanelOfGoneNode();
      changed();
    },

    undo: () => move(undo(get().history, get().graph), 'Undone'),
    redo: () => move(redo(get().history, get().graph), 'Redone'),

    replace(next, label) {
      const { graph: before, history } = get();
      set({ ...show(next), history: record(history, before, label, null, Date.now()) });
      closePanelOfGoneNode();
    },

    onNodesChange: (changes) => set({ nodes: applyNodeChanges(changes, get().nodes) }),
    onEdgesChange: (changes) => set({ edges: applyEdgeChanges(changes, get().edges) }),

    settle() {
      const { nodes, graph: now, edit } = get();
      const positions = new Map(nodes.map((node) => [node.id, node.position]));
      if (place(now, positions) === now) {
        set({
          nodes: drawNodes(
            nodes.map((node) => (node.dragging ? { ...node, dragging: false } : node)),
            now,
            catalogue,
          ),
        });
      } else edit('move', (drawn) => place(drawn, positions));
    },

    select(nodeIds, edgeIds = []) {
      const [wanted, wantedEdges] = [new Set(nodeIds), new Set(edgeIds)];
      const { nodes, edges } = get();
      set({
        nodes: nodes.map((node) =>
          (node.selected ?? false) === wanted.has(node.id) ? node : { ...node, selected: !node.selected },
        ),
        edges: edges.map((edge) =>
          (edge.selected ?? false) === wantedEdges.has(edge.id) ? edge : { ...edge, selected: !edge.selected },
        ),
      });
    },

    async rename(next) {
      const before = get().name;
      const wanted = next.trim();
      if (!wanted || wanted === before) return;
      set({ name: wanted });
      try {
        set({ name: (await env.api.rename(wanted)).name });
        document.title = document.title.replace(before, wanted);
      } catch (error) {
        set({ name: before });
        env.say(`The pipeline keeps its name. ${sentence(error)}`, 'danger');
      }
    },
  };
}

export const selectedNodes = (state: DocumentSlice): string[] =>
  state.nodes.filter((node) => node.selected).map((node) => node.id);
export const selectedEdges = (state: DocumentSlice): string[] =>
  state.edges.filter((edge) => edge.selected).map((edge) => edge.id);
