import { describe, expect, it } from 'vitest';

import { readable } from '../code/diff';
import type { Evaluation } from '../runs/evaluation';
import { galleries, pairs, pictureAt, type RunFiles, tablesOf } from './files';
import { changedText, sidesText } from './nodeFacts';
import { baseOf, confusionDifference, confusions, type Judged, overlays } from './overlay';
import { placed } from './placing';
import { columnChanges } from './profiles';
import type { Profile } from '../data/profile';

const judged = (name: string, models: Evaluation['models'], figures: Evaluation['figures'] = []): Judged => ({
  name, run_id: name, color: `#${name}`, evaluation: { format: 1, task: 'binary', models, figures },
}); // prettier-ignore
const roc = (model: string): Evaluation['figures'][number] => ({
  id: 'roc', title: 'ROC curve',
  figure: { data: [{ name: 'Guessing', x: [0, 1] }, { name: model, x: [0, 1], line: { width: 2 } }], layout: { showlegend: false } },
  table: { columns: ['Model', 'Threshold'], rows: [[model, 0.5]] },
}); // prettier-ignore

describe('evaluations over each other', () => {
  it('lays curves over each other in the colours of the runs, with one guide', () => {
    const [figure] = overlays([judged('A', [{ name: 'Forest', metrics: {} }], [roc('Forest')]), judged('B', [{ name: 'Forest', metrics: {} }], [roc('Forest')])]);
    expect(figure.figure.data.map((trace) => [trace.name, (trace.line as { color?: string } | undefined)?.color])).toEqual([['Guessing', undefined], ['A', '#A'], ['B', '#B']]);
    expect(figure.table).toEqual({ columns: ['Run', 'Model', 'Threshold'], rows: [['A', 'Forest', 0.5], ['B', 'Forest', 0.5]] });
  });

  it('decides at the threshold, and takes the matrix where there is one', () => {
    const thresholds = { threshold: [0, 0.5, 1], tp: [4, 3, 0], fp: [6, 1, 0], tn: [0, 5, 6], fn: [0, 1, 4] };
    const found = confusions([judged('A', [{ name: 'm', metrics: {}, thresholds }]), judged('B', [{ name: 'm', metrics: {}, confusion: { labels: ['x'], matrix: [[2]] } }])], 0.5);
    expect(found.map(({ name, matrix }) => [name, matrix])).toEqual([['A', [[3, 1], [1, 5]]], ['B', [[2]]]]); // prettier-ignore
  });

  it('subtracts shares, over the labels of both', () => {
    const one = { name: 'A', run_id: 'a', model: 'm', labels: ['x', 'y'], matrix: [[1, 1], [0, 4]] }; // prettier-ignore
    const two = { name: 'B', run_id: 'b', model: 'm', labels: ['x', 'z'], matrix: [[3, 1], [1, 1]] }; // prettier-ignore
    expect(confusionDifference(one, two)).toEqual({ labels: ['x', 'y', 'z'], matrix: [[0.25, -0.5, 0.25], [null, null, null], [null, null, null]] }); // prettier-ignore
    expect(baseOf(two, [one, two])).toBe(one);
    expect(baseOf(one, [one, two])).toBeNull();
  });
});

describe('files of runs', () => {
  const files = (images: RunFiles['images'], tables: string[] = []): RunFiles => ({ images, tables: tables.map((path) => ({ path, size: 1 })), code: [], complete: true });
  const picture = (step: number, timestamp = 0): RunFiles['images'][number] => ({ key: 'mask', step, timestamp, path: `${step} ${timestamp}` });

  it('pairs scripts by path, those that differ first', () => {
    const script = (path: string, digest: string) => ({ path, digest, language: 'python' });
    const found = pairs([script('a.py', '1'), script('b.py', '1'), script('c.py', '1')], [script('a.py', '1'), script('b.py', '2'), script('d.py', '1')]);
    expect(found.map(({ path, mark }) => [path, mark])).toEqual([['b.py', 'changed'], ['c.py', 'left'], ['d.py', 'right'], ['a.py', 'same']]);
  });

  it('gathers series over runs; each shows its last picture up to the step', () => {
    const [series, single] = galleries(new Map([['a', files([picture(10), picture(0), { path: 'plot.png' }])], ['b', files([picture(5, 1), picture(5, 2)])]]));
    expect([series.name, series.steps, single.name, single.steps]).toEqual(['mask', [0, 5, 10], 'plot.png', []]);
    expect(pictureAt(series.pictures.get('a'), 5)?.path).toBe('0 0');
    expect(pictureAt(series.pictures.get('b'), 5)?.path).toBe('5 2');
    expect(pictureAt(series.pictures.get('b'), 0)).toBeNull();
    expect(pictureAt(single.pictures.get('b'), null)).toBeNull();
    expect(pictureAt(single.pictures.get('a'), null)?.path).toBe('plot.png');
  });

  it('lists tables, those of several runs first', () => {
    expect(tablesOf(new Map([['a', files([], ['x.csv', 'y.csv'])], ['b', files([], ['y.csv'])]]))).toEqual([{ path: 'y.csv', runs: ['a', 'b'] }, { path: 'x.csv', runs: ['a'] }]);
  });
});

describe('nodes', () => {
  it('of the base alone move aside where another stands', () => {
    const nodes = placed([
      { id: 'n', x: 0, y: 0, mark: 'same' }, { id: 'm', x: 260, y: 10, mark: 'input' }, { id: 'old', x: 20, y: 5, mark: 'only-left' },
      { id: 'older', x: 20, y: 5, mark: 'only-left' }, { id: 'free', x: 0, y: 400, mark: 'only-left' },
    ]); // prettier-ignore
    expect(nodes.map((node) => node.x)).toEqual([0, 260, 510, 760, 0]);
  });

  it('tell their changes as a person would', () => {
    const change = (left: unknown, right: unknown, kind = 'param') => ({ kind, name: 'x', left, right, text: '' });
    expect(sidesText(change(0.7, null), 'left')).toBe('0.7');
    expect(sidesText(change(0.7, null), 'right')).toBe('none');
    expect(sidesText(change(true, false), 'right')).toBe('off');
    expect(sidesText(change({ all: true, kinds: [], names: [], except: ['age'] }, null), 'left')).toBe('all columns without age');
    expect(sidesText(change({ type: 'table', summary: { rows: 1000, columns: [1, 2] } }, null, 'output'), 'left')).toBe('1,000 rows × 2 columns');
    expect([changedText(change(0.7, 0.8)), changedText(change(0.8, 0.7)), changedText(change('a', 'b'))]).toEqual([' (+0.1)', ' (−0.1)', '']);
  });
});

describe('tables', () => {
  const column = (name: string, more: object = {}): Profile['columns'][number] => ({ name, kind: 'number', missing: 0, distinct: 3, min: 1, max: 3, mean: 2, std: 1, quantiles: { '0.5': 2 }, histogram: null, top: null, ...more });

  it('differ where a measure of a column does, or a column is gone', () => {
    const left = { rows: 10, columns: [column('age'), column('same'), column('old')] };
    const right = { rows: 20, columns: [column('age', { mean: 2.5, missing: 5 }), column('same', { mean: 2 + 1e-13 }), column('new')] };
    expect(columnChanges(left, right)).toEqual([
      { column: 'age', what: 'Missing', left: '0 %', right: '25 %' },
      { column: 'age', what: 'Mean', left: '2', right: '2.5' },
      { column: 'old', what: 'Column', left: 'there', right: 'not there' },
      { column: 'new', what: 'Column', left: 'not there', right: 'there' },
    ]);
  });
});

describe('code', () => {
  it('shows a notebook as the text of its cells', () => {
    const notebook = JSON.stringify({ cells: [{ cell_type: 'markdown', source: ['# Title\n', 'text'] }, { cell_type: 'code', source: 'x = 1\n', outputs: [{ data: 'long' }], execution_count: 7 }] });
    expect(readable(notebook, 'notebook')).toBe('# %% [markdown]\n# # Title\n# text\n\n# %%\nx = 1\n');
    expect(readable('not json', 'notebook')).toBe('not json');
    expect(readable('x', 'python')).toBe('x');
  });
});
