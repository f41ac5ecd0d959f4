import { describe, expect, it } from 'vitest';
import { CATALOGUE, edge, graph, node } from './make';
import { insertable, openEnds, partners, whyNot } from './ports';

// d → c → t ← f
const GRAPH = graph(
  [node('d', 'data'), node('c', 'clean'), node('t', 'train'), node('f', 'forest'), node('j', 'join')],
  ['d.table > c.rows', 'c.table > t.rows', 'f.untrained > t.untrained'],
);
const why = (text: string) => whyNot(GRAPH, CATALOGUE, edge(text));

describe('a wire', () => {
  it('may run where the types agree and the port is free', () => expect(why('d.table > j.left')).toBeNull());
  it('is refused with the reason where the types differ', () =>
    expect(whyNot(graph([node('d', 'data'), node('t', 'train')]), CATALOGUE, edge('d.table > t.untrained'))).toBe(
      '“untrained” of t takes an untrained model, not a table.',
    ));
  it('is refused where the port is taken', () =>
    expect(why('d.table > t.rows')).toBe('“rows” of t already has a wire.'));
  it('is refused where it would close a circle', () => {
    const chain = graph([node('a', 'clean'), node('b', 'clean')], ['a.table > b.rows']);
    expect(whyNot(chain, CATALOGUE, edge('b.table > a.rows'))).toContain('circle');
  });
  it('is refused onto its own node', () => expect(why('c.table > c.rows')).toBe('A node cannot feed itself.'));
  it('may end in an input that takes anything', () =>
    expect(
      whyNot(graph([node('f', 'forest'), node('s', 'sink')]), CATALOGUE, edge('f.untrained > s.thing')),
    ).toBeNull());
});

describe('the open ends of a wire being drawn', () => {
  it('are the free ports of the type that close no circle', () => {
    expect([...openEnds(GRAPH, CATALOGUE, { node: 'c', port: 'table', side: 'output' })]).toEqual([
      ['j', new Set(['left', 'right'])],
    ]);
  });
  it('are outputs when it is drawn from an input', () => {
    const open = openEnds(GRAPH, CATALOGUE, { node: 'j', port: 'left', side: 'input' });
    expect([...open.keys()]).toEqual(['d', 'c']);
  });
  it('agree with the reason given for each single wire', () => {
    const open = openEnds(GRAPH, CATALOGUE, { node: 'd', port: 'table', side: 'output' });
    for (const target of ['c.rows', 't.rows', 'j.left', 'j.right', 't.untrained']) {
      const [id = '', port = ''] = target.split('.');
      expect(open.get(id)?.has(port) ?? false).toBe(why(`d.table > ${target}`) === null);
    }
  });
  it('are none from an input that is taken', () => {
    expect(openEnds(GRAPH, CATALOGUE, { node: 't', port: 'rows', side: 'input' }).size).toBe(0);
  });
});

describe('what may stand', () => {
  it('at the end of a wire from an output are components with an input for it', () =>
    expect(partners(CATALOGUE, 'table', 'output').map(({ component }) => component.id)).toEqual([
      'clean',
      'join',
      'train',
      'sink',
    ]));
  it('at the end of a wire from an input are components with such an output', () =>
    expect(partners(CATALOGUE, 'untrained-model', 'input').map(({ component }) => component.id)).toEqual(['forest']));
  it('inside a wire are components with both', () =>
    expect(insertable(GRAPH, CATALOGUE, edge('d.table > c.rows')).map(({ component }) => component.id)).toEqual([
      'clean',
      'join',
    ]));
});
