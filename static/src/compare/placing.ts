/** Where the nodes of two drawings stand in one: those of the base alone move aside where another node stands. Pure. */

export interface Placed {
  id: string;
  x: number;
  y: number;
  mark: string;
}

export const WIDTH = 220;
export const HEIGHT = 88;
const GAP = 30;

export function placed<N extends Placed>(nodes: readonly N[]): N[] {
  const settled = nodes.filter((node) => node.mark !== 'only-left');
  const taken: Placed[] = [...settled];
  const moved = new Map<string, number>();
  for (const node of nodes) {
    if (node.mark !== 'only-left') continue;
    let x = node.x;
    for (let found = blocking(taken, x, node.y); found; found = blocking(taken, x, node.y)) x = found.x + WIDTH + GAP;
    moved.set(node.id, x);
    taken.push({ ...node, x });
  }
  return nodes.map((node) => (moved.has(node.id) ? { ...node, x: moved.get(node.id)! } : node));
}

function blocking(taken: readonly Placed[], x: number, y: number): Placed | undefined {
  return taken.find((other) => Math.abs(other.x - x) < WIDTH + GAP / 2 && Math.abs(other.y - y) < HEIGHT + GAP / 2);
}
