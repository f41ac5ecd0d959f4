import { describe, expect, it } from 'vitest';
import { fromText, KIND, toText } from './clipboard';
import { graph, node } from './make';

const GRAPH = graph(
  [node('a', 'data', 1, 2, { params: { asset: { name: 'x', version: null } }, comment: 'hi' }), node('b', 'clean')],
  ['a.table > b.rows'],
);
const text = (fields: Record<string, unknown>) =>
  JSON.stringify({ kind: KIND, format: 1, nodes: [node('a', 'data')], edges: [], ...fields });

describe('the clipboard', () => {
  it('brings back what was copied', () => expect(fromText(toText(GRAPH))).toEqual({ graph: GRAPH }));
  it.each([
    ['nothing', ''],
    ['prose', 'Dear Sir'],
    ['other JSON', '{"a":1}'],
    ['a list', '[1]'],
    ['no nodes', text({ nodes: [] })],
    ['a later format', text({ format: 9 })],
    ['an id that is none', text({ nodes: [node('<img>', 'data')] })],
    ['a component that is none', text({ nodes: [node('a', '../etc')] })],
    ['two nodes with one id', text({ nodes: [node('a', 'data'), node('a', 'data')] })],
    ['a place that is none', text({ nodes: [{ ...node('a', 'data'), x: 'left' }] })],
    ['a wire to nowhere', text({ edges: [{ source: 'a', source_port: 'table', target: 'z', target_port: 'rows' }] })],
    [
      'a prototype',
      `{"kind":"${KIND}","format":1,"edges":[],"nodes":[{"id":"a","component":"data","x":0,"y":0,"params":{"__proto__":{"x":1}}}]}`,
    ],
    ['too many nodes', text({ nodes: Array.from({ length: 2001 }, (_, n) => node(`n${n}`, 'data')) })],
    ['settings nested without end', text({ nodes: [{ ...node('a', 'data'), params: nested(40) }] })],
  ])('refuses %s with a sentence', (_, hostile) =>
    expect(fromText(hostile)).toEqual({ refused: expect.stringMatching(/^[A-Z].+\.$/) }),
  );
  it('keeps fields it knows only', () => {
    const read = fromText(text({ nodes: [{ ...node('a', 'data'), onclick: 'evil()' }] }));
    expect('graph' in read && Object.keys(read.graph.nodes[0]!)).toEqual([
      'id',
      'component',
      'version',
      'title',
      'x',
      'y',
      'params',
      'comment',
    ]);
  });
});

function nested(depth: number): unknown {
  return depth === 0 ? 1 : { in: nested(depth - 1) };
}
