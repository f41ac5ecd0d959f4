/** Where the boxes of a lineage stand: causes left of their effects, lines as straight as may be. Pure. */

export interface LineageNode {
  id: string;
  kind: 'run' | 'data' | 'dataset' | 'model' | 'version';
  title: string;
  subtitle: string;
  status?: string;
  run_id?: string;
  model_id?: string;
  name?: string;
  number?: number;
  deleted?: boolean;
  /** Of these relations there are more than are shown. */
  more?: string[];
}
export interface LineageEdge {
  source: string;
  target: string;
  words: string;
}
export interface Lineage {
  root: string;
  nodes: LineageNode[];
  edges: LineageEdge[];
}

export interface Placed {
  id: string;
  x: number;
  y: number;
}

export const BOX = { width: 210, height: 58, across: 90, between: 18 };

/** Two looks at the same world in one; what was known stays where it was in the order. */
export function merged(one: Lineage, other: Lineage): Lineage {
  const nodes = new Map(one.nodes.map((node) => [node.id, node]));
  for (const node of other.nodes) nodes.set(node.id, { ...nodes.get(node.id), ...node });
  const edges = new Map([...one.edges, ...other.edges].map((edge) => [`${edge.source} ${edge.target} ${edge.words}`, edge]));
  return { root: one.root, nodes: [...nodes.values()], edges: [...edges.values()] };
}

/** Each node one column right of the last of its causes. What goes in a circle is cut where it was first met. */
export function ranks(lineage: Lineage): Map<string, number> {
  const causes = new Map<string, string[]>();
  for (const { source, target } of lineage.edges) causes.set(target, [...(causes.get(target) ?? []), source]);
  const found = new Map<string, number>();
  const onTheWay = new Set<string>();
  const rank = (id: string): number => {
    const known = found.get(id);
    if (known !== undefined) return known;
    if (onTheWay.has(id)) return -1;
    onTheWay.add(id);
    const value = 1 + Math.max(-1, ...(causes.get(id) ?? []).map(rank));
    onTheWay.delete(id);
    found.set(id, value);
    return value;
  };
  for (const node of lineage.nodes) rank(node.id);
  // A cause with effects far to the right moves up to them: data read by the last run stands beside it.
  for (const node of lineage.nodes) {
    const effects = lineage.edges.filter((edge) => edge.source === node.id).map((edge) => found.get(edge.target) ?? 0);
    if (!causes.has(node.id) && effects.length) found.set(node.id, Math.max(0, Math.min(...effects) - 1));
  }
  return found;
}

export function layout(lineage: Lineage): { placed: Map<string, Placed>; width: number; height: number } {
  const rank = ranks(lineage);
  const columns: string[][] = [];
  for (const node of lineage.nodes) (columns[rank.get(node.id) ?? 0] ??= []).push(node.id);
  const filled = [...columns].map((column) => column ?? []);
  const neighbours = new Map<string, string[]>();
  for (const { source, target } of lineage.edges) {
    neighbours.set(source, [...(neighbours.get(source) ?? []), target]);
    neighbours.set(target, [...(neighbours.get(target) ?? []), source]);
  }
  const order = new Map<string, number>();
  for (const column of filled) column.forEach((id, at) => order.set(id, at));
  // A few rounds of "stand where your neighbours stand" undo most crossings.
  for (let round = 0; round < 4; round += 1) {
    for (const column of round % 2 ? [...filled].reverse() : filled) {
      const wish = new Map(column.map((id) => [id, mean((neighbours.get(id) ?? []).map((other) => order.get(other) ?? 0), order.get(id) ?? 0)]));
      column.sort((a, b) => wish.get(a)! - wish.get(b)!);
      column.forEach((id, at) => order.set(id, at));
    }
  }
  const tallest = Math.max(1, ...filled.map((column) => column.length));
  const step = BOX.height + BOX.between;
  const placed = new Map<string, Placed>();
  filled.forEach((column, at) => {
    const top = ((tallest - column.length) * step) / 2;
    column.forEach((id, place) => placed.set(id, { id, x: at * (BOX.width + BOX.across), y: top + place * step }));
  });
  return { placed, width: Math.max(1, filled.length) * (BOX.width + BOX.across) - BOX.across, height: tallest * step - BOX.between };
}

function mean(values: number[], otherwise: number): number {
  return values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : otherwise;
}
