/** Where things go: sizes, free places, neighbours. Canvas units; a node's position is its upper left corner. */
import type { Point } from './edits';
import type { GraphDoc, NodeDoc } from './document';
import type { Side } from './ports';

export const WIDTH = 220;
const CARD = 82;
const COMMENT = 36;

/** Known without measuring, so that nothing jumps when a node comes into view. */
export const heightOf = (node: Pick<NodeDoc, 'comment'>): number => CARD + (node.comment ? COMMENT : 0);

/** Ports stand at equal distances along the upper (inputs) and the lower edge (outputs), in percent of the width. */
export const portAt = (index: number, count: number): number => ((index + 1) / (count + 1)) * 100;

/** The corner of a new node whose port is to lie at `at`, so that the wire drawn by hand keeps its direction. */
export function cornerFor(at: Point, side: Side, index: number, count: number): Point {
  return { x: at.x - (WIDTH * portAt(index, count)) / 100, y: side === 'input' ? at.y : at.y - CARD };
}

/** A place near `at` where no node lies: a short walk down and to the right. */
export function freePlace(graph: GraphDoc, at: Point): Point {
  for (let step = 0; step < 200; step++) {
    const here = { x: at.x + (step % 5) * 30, y: at.y + step * 30 };
    const covered = graph.nodes.some(
      (node) => Math.abs(node.x - here.x) < WIDTH - 20 && Math.abs(node.y - here.y) < heightOf(node) + 10,
    );
    if (!covered) return here;
  }
  return at;
}

export type Direction = 'up' | 'down' | 'left' | 'right';

/** The node one would go to with an arrow key: near, and straight ahead rather than aside. */
export function neighbour(graph: GraphDoc, id: string, direction: Direction): string | null {
  const from = graph.nodes.find((node) => node.id === id);
  if (!from) return null;
  let best: string | null = null;
  let least = Infinity;
  for (const node of graph.nodes) {
    if (node.id === id) continue;
    const [dx, dy] = [node.x - from.x, node.y - from.y];
    const ahead = { up: -dy, down: dy, left: -dx, right: dx }[direction];
    const aside = Math.abs(direction === 'up' || direction === 'down' ? dx : dy);
    if (ahead <= 0) continue;
    const cost = ahead + 2 * aside;
    if (cost < least) [best, least] = [node.id, cost];
  }
  return best;
}

/** Everything drawn, as a box; null where there is nothing. */
export function bounds(graph: GraphDoc): { x: number; y: number; width: number; height: number } | null {
  if (!graph.nodes.length) return null;
  const left = Math.min(...graph.nodes.map((node) => node.x));
  const top = Math.min(...graph.nodes.map((node) => node.y));
  const right = Math.max(...graph.nodes.map((node) => node.x + WIDTH));
  const bottom = Math.max(...graph.nodes.map((node) => node.y + heightOf(node)));
  return { x: left, y: top, width: right - left, height: bottom - top };
}
