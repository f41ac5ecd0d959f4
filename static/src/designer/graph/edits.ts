/** Edits of a drawing: each takes a graph and returns another. Nothing here knows a screen. */
import type { Catalogue, Component } from './catalogue';
import { type EdgeDoc, edgeId, type GraphDoc, newId, type NodeDoc, nodeOf } from './document';
import type { Between } from './ports';

export type Point = { x: number; y: number };

/** Positions are kept on a fine grid, so that nodes placed by hand line up. */
export const GRID = 10;
export const snap = (value: number): number => Math.round(value / GRID) * GRID;

export function makeNode(
  graph: GraphDoc,
  component: Component,
  at: Point,
  params: NodeDoc['params'] = {},
  title = '',
): NodeDoc {
  return {
    id: newId((id) => nodeOf(graph, id) !== undefined),
    component: component.id,
    version: component.version,
    title: title || freeTitle(graph, component.title),
    x: snap(at.x),
    y: snap(at.y),
    params,
    comment: '',
  };
}

/** "Split Data", then "Split Data 2": two nodes with one name cannot be told apart in a list of problems. */
export function freeTitle(graph: GraphDoc, title: string): string {
  const taken = new Set(graph.nodes.map((node) => node.title));
  if (!taken.has(title)) return title;
  for (let number = 2; ; number++) if (!taken.has(`${title} ${number}`)) return `${title} ${number}`;
}

export const addNode = (graph: GraphDoc, node: NodeDoc): GraphDoc => ({ ...graph, nodes: [...graph.nodes, node] });

export const connect = (graph: GraphDoc, edge: EdgeDoc): GraphDoc => ({ ...graph, edges: [...graph.edges, edge] });

export function disconnect(graph: GraphDoc, ids: ReadonlySet<string>): GraphDoc {
  const edges = graph.edges.filter((edge) => !ids.has(edgeId(edge)));
  return edges.length === graph.edges.length ? graph : { ...graph, edges };
}

/** Nodes go with their wires. */
export function remove(graph: GraphDoc, nodes: ReadonlySet<string>, edges: ReadonlySet<string> = new Set()): GraphDoc {
  return {
    ...graph,
    nodes: graph.nodes.filter((node) => !nodes.has(node.id)),
    edges: graph.edges.filter((edge) => !edges.has(edgeId(edge)) && !nodes.has(edge.source) && !nodes.has(edge.target)),
  };
}

export function change(graph: GraphDoc, id: string, fields: Partial<Omit<NodeDoc, 'id'>>): GraphDoc {
  return { ...graph, nodes: graph.nodes.map((node) => (node.id === id ? { ...node, ...fields } : node)) };
}

/** `undefined` takes the setting away, which means its default. */
export function setParam(graph: GraphDoc, id: string, name: string, value: unknown): GraphDoc {
  const node = nodeOf(graph, id);
  if (!node) return graph;
  const { [name]: _, ...others } = node.params;
  return change(graph, id, { params: value === undefined ? others : { ...others, [name]: value } });
}

export function place(graph: GraphDoc, positions: ReadonlyMap<string, Point>): GraphDoc {
  let moved = false;
  const nodes = graph.nodes.map((node) => {
    const at = positions.get(node.id);
    if (!at) return node;
    const [x, y] = [snap(at.x), snap(at.y)];
    if (x === node.x && y === node.y) return node;
    moved = true;
    return { ...node, x, y };
  });
  return moved ? { ...graph, nodes } : graph;
}

/** The new node sits in the wire: source → node → target, in place of source → target. */
export function insertInto(graph: GraphDoc, edge: EdgeDoc, node: NodeDoc, { input, output }: Between): GraphDoc {
  const without = disconnect(addNode(graph, node), new Set([edgeId(edge)]));
  return {
    ...without,
    edges: [
      ...without.edges,
      { source: edge.source, source_port: edge.source_port, target: node.id, target_port: input.name },
      { source: node.id, source_port: output.name, target: edge.target, target_port: edge.target_port },
    ],
  };
}

/** The nodes and the wires that run between them. */
export function part(graph: GraphDoc, ids: ReadonlySet<string>): GraphDoc {
  return {
    format: 1,
    nodes: graph.nodes.filter((node) => ids.has(node.id)),
    edges: graph.edges.filter((edge) => ids.has(edge.source) && ids.has(edge.target)),
  };
}

/** Adds a copy of `piece`, with fresh ids, moved by `by`. Returns the ids of the copies beside the graph. */
export function graft(graph: GraphDoc, piece: GraphDoc, by: Point): { graph: GraphDoc; added: string[] } {
  const ids = new Map<string, string>();
  let grown = graph;
  for (const node of piece.nodes) {
    const id = newId((candidate) => nodeOf(grown, candidate) !== undefined);
    ids.set(node.id, id);
    grown = addNode(grown, {
      ...node,
      id,
      title: freeTitle(grown, node.title.replace(/ \d+$/, '') || node.title),
      x: snap(node.x + by.x),
      y: snap(node.y + by.y),
    });
  }
  const edges = piece.edges.flatMap((edge) => {
    const [source, target] = [ids.get(edge.source), ids.get(edge.target)];
    return source && target ? [{ ...edge, source, target }] : [];
  });
  return { graph: { ...grown, edges: [...grown.edges, ...edges] }, added: [...ids.values()] };
}

/** `piece` without what this studio cannot place: unknown components and wires to ports that are not there. */
export function placeable(piece: GraphDoc, catalogue: Catalogue): { piece: GraphDoc; unknown: string[] } {
  const known = new Map(
    piece.nodes.flatMap((node) => {
      const component = catalogue.byId.get(node.component);
      return component ? [[node.id, component] as const] : [];
    }),
  );
  const edges = piece.edges.filter(
    (edge) =>
      known.get(edge.source)?.outputs.some((port) => port.name === edge.source_port) &&
      known.get(edge.target)?.inputs.some((port) => port.name === edge.target_port),
  );
  return {
    piece: { format: 1, nodes: piece.nodes.filter((node) => known.has(node.id)), edges },
    unknown: [...new Set(piece.nodes.filter((node) => !known.has(node.id)).map((node) => node.component))],
  };
}
