import { describe, expect, it } from 'vitest';
import { CATALOGUE, graph, node } from './make';
import { tidy, toElk } from './layout';
import { cornerFor, freePlace, neighbour, WIDTH } from './place';

const GRAPH = graph(
  [node('top', 'data', 0, 0), node('below', 'clean', 20, 200), node('aside', 'forest', 300, 10)],
  ['top.table > below.rows'],
);

describe('places', () => {
  it('for new nodes are free', () => {
    const at = freePlace(GRAPH, { x: 0, y: 0 });
    expect(GRAPH.nodes.every((other) => Math.abs(other.x - at.x) >= WIDTH - 20 || Math.abs(other.y - at.y) >= 80)).toBe(
      true,
    );
  });
  it('at the end of a wire put the port under the pointer', () => {
    expect(cornerFor({ x: 500, y: 300 }, 'input', 0, 1)).toEqual({ x: 390, y: 300 });
  });
});

describe('the neighbour', () => {
  it('is the one straight ahead', () => {
    expect(neighbour(GRAPH, 'top', 'down')).toBe('below');
    expect(neighbour(GRAPH, 'top', 'right')).toBe('aside');
    expect(neighbour(GRAPH, 'below', 'up')).toBe('top');
    expect(neighbour(GRAPH, 'top', 'up')).toBeNull();
  });
});

describe('tidying up', () => {
  it('tells elk the ports in their order', () => {
    const [first] = toElk(graph([node('j', 'join')]), CATALOGUE).children!;
    expect(first!.ports!.map((port) => port.id)).toEqual(['j.NORTH.left', 'j.NORTH.right', 'j.SOUTH.table']);
  });
  it('keeps the upper left corner of the drawing', async () => {
    const engine = async () => ({
      id: 'root',
      children: [
        { id: 'top', x: 12, y: 12 },
        { id: 'below', x: 12, y: 180 },
      ],
    });
    expect(await tidy(GRAPH, CATALOGUE, engine, new Set(['top', 'below']))).toEqual(
      new Map([
        ['top', { x: 0, y: 0 }],
        ['below', { x: 0, y: 168 }],
      ]),
    );
  });
});
