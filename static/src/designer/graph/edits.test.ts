import { describe, expect, it } from 'vitest';
import * as edits from './edits';
import { CATALOGUE, edge, graph, node } from './make';
import { insertable } from './ports';

const CHAIN = graph(
  [node('a', 'data'), node('b', 'clean', 0, 200), node('c', 'clean', 0, 400)],
  ['a.table > b.rows', 'b.table > c.rows'],
);

describe('an edit', () => {
  it('leaves the graph it started from as it was', () => {
    const before = JSON.stringify(CHAIN);
    edits.remove(CHAIN, new Set(['b']));
    edits.setParam(CHAIN, 'a', 'x', 1);
    expect(JSON.stringify(CHAIN)).toBe(before);
  });
  it('that deletes a node deletes its wires', () => expect(edits.remove(CHAIN, new Set(['b'])).edges).toEqual([]));
  it('that sets a setting to nothing takes it away', () => {
    const set = edits.setParam(CHAIN, 'a', 'seed', 3);
    expect(edits.setParam(set, 'a', 'seed', undefined).nodes[0]!.params).toEqual({});
  });
  it('that moves nodes puts them on the grid, and is none where nothing moved', () => {
    expect(edits.place(CHAIN, new Map([['a', { x: 13, y: 4 }]])).nodes[0]).toMatchObject({ x: 10, y: 0 });
    expect(edits.place(CHAIN, new Map([['a', { x: 2, y: 3 }]]))).toBe(CHAIN);
  });
  it('that inserts a node puts it into the wire', () => {
    const wire = edge('a.table > b.rows');
    const between = insertable(CHAIN, CATALOGUE, wire)[0]!;
    const grown = edits.insertInto(CHAIN, wire, node('n', 'clean'), between);
    expect(grown.edges).toEqual([edge('b.table > c.rows'), edge('a.table > n.rows'), edge('n.table > b.rows')]);
  });
});

describe('a copy', () => {
  it('has new ids, names of its own, and the wires between its nodes only', () => {
    const piece = edits.part(CHAIN, new Set(['a', 'b']));
    expect(piece.edges).toEqual([edge('a.table > b.rows')]);
    const { graph: grown, added } = edits.graft(CHAIN, piece, { x: 40, y: 40 });
    expect(added).toHaveLength(2);
    expect(grown.nodes.slice(3).map(({ title, x, y }) => ({ title, x, y }))).toEqual([
      { title: 'a 2', x: 40, y: 40 },
      { title: 'b 2', x: 40, y: 240 },
    ]);
    expect(grown.edges.at(-1)).toEqual({
      source: added[0],
      source_port: 'table',
      target: added[1],
      target_port: 'rows',
    });
  });
  it('leaves out what this studio does not have', () => {
    const strange = graph([node('a', 'data'), node('x', 'quantum')], ['a.table > x.in']);
    expect(edits.placeable(strange, CATALOGUE)).toEqual({ piece: graph([node('a', 'data')]), unknown: ['quantum'] });
  });
});
