import { describe, expect, it } from 'vitest';

import { layout, merged, ranks, type Lineage } from './lineageLayout';

function lineage(...edges: [string, string][]): Lineage {
  const ids = [...new Set(edges.flat())];
  return { root: ids[0], nodes: ids.map((id) => ({ id, kind: 'run', title: id, subtitle: '' })), edges: edges.map(([source, target]) => ({ source, target, words: 'x' })) };
}

describe('a lineage', () => {
  it('puts causes left of their effects', () => {
    // data --> run --> model --> version ; dataset --> run
    const found = ranks(lineage(['data', 'run'], ['dataset', 'run'], ['run', 'model'], ['model', 'version']));
    expect(Object.fromEntries(found)).toEqual({ data: 0, dataset: 0, run: 1, model: 2, version: 3 });
  });

  it('puts a late cause beside what it caused', () => {
    // a --> b --> c, late --> c
    expect(ranks(lineage(['a', 'b'], ['b', 'c'], ['late', 'c'])).get('late')).toBe(1);
  });

  it('ends where things go in a circle', () => {
    const found = layout(lineage(['a', 'b'], ['b', 'c'], ['c', 'a']));
    expect(found.placed.size).toBe(3);
  });

  it('lets no two boxes stand in one place', () => {
    const found = layout(lineage(...Array.from({ length: 30 }, (_, n): [string, string] => ['root', `child${n}`])));
    const places = [...found.placed.values()].map(({ x, y }) => `${x} ${y}`);
    expect(new Set(places).size).toBe(31);
  });

  it('grows without doubling what it knew', () => {
    const grown = merged(lineage(['a', 'b']), lineage(['b', 'c'], ['a', 'b']));
    expect(grown.nodes.map((node) => node.id)).toEqual(['a', 'b', 'c']);
    expect(grown.edges.length).toBe(2);
    expect(grown.root).toBe('a');
  });
});
