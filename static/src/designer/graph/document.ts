/** The drawing as it is stored: format 1 of the graph JSON. Plain data, never mutated. */

export type NodeDoc = {
  readonly id: string;
  readonly component: string;
  readonly version: number;
  readonly title: string;
  readonly x: number;
  readonly y: number;
  readonly params: Readonly<Record<string, unknown>>;
  readonly comment: string;
};

export type EdgeDoc = {
  readonly source: string;
  readonly source_port: string;
  readonly target: string;
  readonly target_port: string;
};

export type GraphDoc = {
  readonly format: 1;
  readonly nodes: readonly NodeDoc[];
  readonly edges: readonly EdgeDoc[];
};

export const EMPTY: GraphDoc = { format: 1, nodes: [], edges: [] };

export const NODE_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Two wires are the same wire when they run between the same ports. */
export const edgeId = (edge: EdgeDoc): string =>
  `${edge.source}.${edge.source_port}>${edge.target}.${edge.target_port}`;

export const nodeOf = (graph: GraphDoc, id: string): NodeDoc | undefined => graph.nodes.find((node) => node.id === id);

export const edgesInto = (graph: GraphDoc, id: string, port?: string): EdgeDoc[] =>
  graph.edges.filter((edge) => edge.target === id && (port === undefined || edge.target_port === port));

export const edgesOutOf = (graph: GraphDoc, id: string, port?: string): EdgeDoc[] =>
  graph.edges.filter((edge) => edge.source === id && (port === undefined || edge.source_port === port));

/** A fresh id. Never one that was used before: results are kept by node id, and a new node must not show old ones. */
export function newId(taken: (id: string) => boolean, random: () => number = Math.random): string {
  for (;;) {
    const id = `n${Math.floor(random() * 36 ** 7)
      .toString(36)
      .padStart(7, '0')}`;
    if (!taken(id)) return id;
  }
}

/** What the server sent, made complete: absent fields have their defaults. */
export function readGraph(json: unknown): GraphDoc {
  const graph = (json ?? {}) as { nodes?: Partial<NodeDoc>[]; edges?: EdgeDoc[] };
  return {
    format: 1,
    nodes: (graph.nodes ?? []).map((node) => ({
      id: String(node.id),
      component: String(node.component),
      version: node.version ?? 1,
      title: node.title ?? '',
      x: node.x ?? 0,
      y: node.y ?? 0,
      params: node.params ?? {},
      comment: node.comment ?? '',
    })),
    edges: (graph.edges ?? []).map(({ source, source_port, target, target_port }) => ({
      source,
      source_port,
      target,
      target_port,
    })),
  };
}

/** Whether two drawings say the same, whatever the order of nodes, wires and keys. */
export function sameGraph(one: GraphDoc, other: GraphDoc): boolean {
  return one === other || canonical(one) === canonical(other);
}

function canonical(graph: GraphDoc): string {
  return JSON.stringify({
    nodes: [...graph.nodes].sort((a, b) => (a.id < b.id ? -1 : 1)).map(sorted),
    edges: graph.edges.map(edgeId).sort(),
  });
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
}
