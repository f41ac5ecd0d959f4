import { describe, expect, it } from 'vitest';

import { compared, languageOf, piecesOfFiles, piecesOfGraph } from './snapshot';

const graph = (script: string, seed: number, x = 0) => ({
  nodes: [
    { id: 'b', component: 'python-script', title: 'Talk', x, y: 0, params: { script } },
    { id: 'a', component: 'split-data', title: 'Split', x, y: 9, params: { seed, empty: '', none: null } },
  ],
  edges: [{ source: 'b', source_port: 'first', target: 'a', target_port: 'rows' }],
});

describe('the snapshot of a graph', () => {
  it('has its scripts and its settings', () => {
    const pieces = piecesOfGraph(graph('print(1)', 7), { 'split-data': { title: 'Split Data', family: '', inputs: [], outputs: [], titles: {} } });
    expect(pieces.map((piece) => [piece.name, piece.language])).toEqual([['settings', 'yaml'], ['node/b/script', 'python']]);
    expect(pieces[0].text).toBe('Split:  # Split Data\n  <- rows: Talk / first\n  seed: 7\n\nTalk:  # python-script\n  script: "print(1)"\n');
  });

  it('is the same wherever the nodes lie', () => {
    const rows = compared(piecesOfGraph(graph('a\nb', 7), {}), piecesOfGraph(graph('a\nb', 7, 500), {}));
    expect(rows.map((row) => row.mark)).toEqual(['same', 'same']);
  });

  it('tells what was changed, added and taken away', () => {
    const now = [...piecesOfGraph(graph('a\nb', 7), {}), { name: 'x', title: 'x', language: '', text: '1' }];
    const before = [...piecesOfGraph(graph('a\nc', 7), {}), { name: 'y', title: 'y', language: '', text: '1' }];
    expect(compared(now, before).map((row) => [row.piece.name, row.mark])).toEqual([['settings', 'same'], ['node/b/script', 'changed'], ['x', 'new'], ['y', 'gone']]);
  });
});

it('knows files by their endings', () => {
  expect(piecesOfFiles(['code/a/train.py'])).toEqual([{ name: 'code/a/train.py', title: 'a/train.py', language: 'python', text: null }]);
  expect(languageOf('x.IPYNB')).toBe('notebook');
  expect(languageOf('Makefile')).toBe('');
});
