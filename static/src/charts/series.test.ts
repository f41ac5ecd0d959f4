import { describe, expect, it, vi } from 'vitest';

import { dashOf } from './colors';
import { curvesFrom, received, type Curve, type Wanted } from './curves';
import { boxOf, boxesOf, quantile } from './boxes';
import { meanOf } from './grouping';
import { parallelScene, isKept } from './parallelScene';
import { objective, proposedFor } from './proposals';
import { linesOf } from './series';
import { freshState, lookOf } from './state';
import { valueAxis } from './valueAxis';

const RUNS = ['a', 'b', 'c'].map((run_id) => ({ run_id, name: `run ${run_id}`, color: '#000000' }));
const LOOK = lookOf(freshState(), '');
const NO_GROUPS = { of: () => null, band: 'range' as const };

function curve(run_id: string, y: number[], rest: Partial<Curve> = {}): Curve {
  return { run_id, key: 'loss', x: Float64Array.from(y, (_, at) => at), y: Float64Array.from(y), count: y.length, exact: true, notFinite: 0, ...rest };
}

describe('lines', () => {
  it('stand in the order of the runs, whatever order they came in', () => {
    const { lines, note } = linesOf([curve('c', [1]), curve('a', [2])], RUNS, LOOK, NO_GROUPS, ['loss']);
    expect(lines.map((line) => line.id)).toEqual(['a', 'c']);
    expect(note).toBe('');
  });

  it('of a reduced series say so, with the number of points', () => {
    const { note } = linesOf([curve('a', [1, 2], { exact: false, count: 1_000_000 })], RUNS, LOOK, NO_GROUPS, ['loss']);
    expect(note).toBe('1,000,000 points, extremes kept; zoom for all');
  });

  it('say how many values a log axis has no place for, and how many are not finite', () => {
    const { note } = linesOf([curve('a', [-1, 0, 3, NaN], { notFinite: 1 })], RUNS, { ...LOOK, logY: true }, NO_GROUPS, ['loss']);
    expect(note).toBe('1 not finite · 2 with y ≤ 0 not on the log axis');
  });

  it('keep the original behind a smoothed one, unless that is not wanted', () => {
    const smooth = linesOf([curve('a', [1, 9, 1])], RUNS, { ...LOOK, smoothing: 0.9 }, NO_GROUPS, ['loss']).lines[0];
    expect([...smooth.original!]).toEqual([1, 9, 1]);
    expect(smooth.y[1]).toBeLessThan(6);
    expect(linesOf([curve('a', [1, 9])], RUNS, { ...LOOK, smoothing: 0.9, original: false }, NO_GROUPS, ['loss']).lines[0].original).toBeNull();
  });

  it('of groups are the mean with a band, and know their runs', () => {
    const { lines } = linesOf([curve('a', [1, 2]), curve('b', [3, 6]), curve('c', [9, 9])], RUNS, LOOK, { of: (id) => (id === 'c' ? '8' : '4'), band: 'range' }, ['loss']);
    expect(lines.map((line) => [line.name, [...line.y]])).toEqual([['4 (2 runs)', [2, 4]], ['8 (1 run)', [9, 9]]]);
    expect([...lines[0].band!.low, ...lines[0].band!.high]).toEqual([1, 2, 3, 6]);
    expect(lines[0].members).toEqual(new Set(['a', 'b']));
    expect(lines[1].band).toBeNull();
  });
});

it('line patterns tell apart lines of one colour, until there are too many', () => {
  expect(dashOf(0, 2)).not.toEqual(dashOf(1, 2));
  expect(dashOf(5, 200)).toEqual([]);
});

describe('the mean of runs', () => {
  it('counts a run between its values, but not before and after them', () => {
    const { x, mean } = meanOf([{ x: Float64Array.from([0, 10]), y: Float64Array.from([0, 10]) }, { x: Float64Array.from([5, 20]), y: Float64Array.from([1, 1]) }], 'range');
    expect([...x]).toEqual([0, 5, 10, 20]);
    expect([...mean]).toEqual([0, 3, 5.5, 1]);
  });

  it('has the sample deviation as a band, also for large values', () => {
    const members = [1e9 + 1, 1e9 + 2, 1e9 + 3].map((value) => ({ x: Float64Array.from([0]), y: Float64Array.from([value]) }));
    const { mean, high } = meanOf(members, 'deviation');
    expect(high[0] - mean[0]).toBeCloseTo(1, 6);
  });
});

describe('curves', () => {
  it('of many panels are asked for at once, and kept', async () => {
    const asked: unknown[] = [];
    vi.stubGlobal('fetch', (_: string, { body }: { body: string }) => {
      const said = JSON.parse(body) as { runs: string[]; keys: string[] };
      asked.push(said);
      const curves = said.keys.map((key) => ({ run_id: 'a', key, x: [0, 1, 2], y: [1, null, 'Infinity'], count: 3, shown: 3, exact: true, not_finite: 2 }));
      return Promise.resolve(new Response(JSON.stringify({ curves }), { headers: { 'Content-Type': 'application/json' } }));
    });
    const curves = curvesFrom('lab');
    const wanted = (key: string): Wanted => ({ runs: ['a'], key, x: 'step', low: null, high: null, points: 500 });
    const { signal } = new AbortController();
    const gone = new AbortController();
    const lost = curves.get(wanted('unseen'), gone.signal);
    gone.abort();
    const [[loss], [auc]] = await Promise.all([curves.get(wanted('loss'), signal), curves.get(wanted('auc'), signal)]);
    await expect(lost).rejects.toThrow();
    expect(asked).toEqual([{ runs: ['a'], keys: ['loss', 'auc'], x: 'step', low: null, high: null, points: 500 }]);
    expect([loss.key, auc.key, [...loss.y]]).toEqual(['loss', 'auc', [1, NaN, Infinity]]);

    await curves.get(wanted('loss'), signal);
    expect(asked).toHaveLength(1);
    curves.forget(['b']);
    await curves.get(wanted('loss'), signal);
    expect(asked).toHaveLength(1);
    curves.forget(['a']);
    await curves.get(wanted('loss'), signal);
    expect(asked).toHaveLength(2);
    vi.unstubAllGlobals();
  });

  it('have gaps and infinities as numbers', () => {
    expect([...received({ run_id: 'a', key: 'k', x: [1, 2, 3], y: ['-Infinity', 'NaN', 4], count: 3, exact: true, not_finite: 2 }).y]).toEqual([-Infinity, NaN, 4]);
  });
});

describe('proposals', () => {
  const named = {
    metrics: [
      { key: 'train/loss', runs: 6, values: 9, direction: 'min' as const },
      { key: 'val/auc', runs: 6, values: 9, direction: 'max' as const },
      { key: 'epoch_seconds', runs: 6, values: 9, direction: 'min' as const },
    ],
    params: [{ key: 'learning rate', runs: 6, distinct: 6 }],
    varying: 1,
  };

  it('come when five runs differ and share a metric', () => {
    const made = proposedFor(named, 6, freshState());
    expect(made.map((panel) => panel.kind)).toEqual(['parallel', 'importance', 'scatter', 'boxes', 'bars']);
    expect(made[0].list).toEqual(['params.`learning rate`', 'metrics.`val/auc`:best']);
  });

  it('do not come for few runs, for runs alike, or when nobody wants them', () => {
    expect(proposedFor(named, 4, freshState())).toEqual([]);
    expect(proposedFor({ ...named, params: [] }, 6, freshState())).toEqual([]);
    expect(proposedFor(named, 6, { ...freshState(), proposals: false })).toEqual([]);
  });

  it('are about what was measured on unseen data', () => {
    expect(objective(named, 6)?.key).toBe('val/auc');
  });
});

describe('values on an axis', () => {
  it('are numbers when all are, and texts as soon as one is not', () => {
    expect(valueAxis('params.lr', ['0.1', '0.01', null]).isNumber).toBe(true);
    expect(valueAxis('params.lr', ['0.1', 'auto']).texts).toEqual(['0.1', 'auto']);
  });

  it('sort texts as people count', () => {
    expect(valueAxis('params.layers', ['conv10', 'conv9', 'conv9']).texts).toEqual(['conv9', 'conv10']);
  });

  it('are logarithmic by themselves when they are above zero and span decades, unless somebody says otherwise', () => {
    const rates = ['0.00001', '0.001', '0.1'];
    expect(valueAxis('params.lr', rates).log).toBe(true);
    expect(valueAxis('params.lr', rates, { log: false }).log).toBe(false);
    expect(valueAxis('params.lr', [...rates, '0']).log).toBe(false);
  });

  it('have no place on a log axis at or below zero', () => {
    const axis = valueAxis('params.lr', ['0', '0.1', '10'], { log: true });
    expect(axis.place('0')).toBeNaN();
    expect(axis.low).toBeGreaterThan(0);
  });
});

describe('parallel coordinates', () => {
  const values = new Map([['a', ['1', 'adam', 0.5]], ['b', ['2', 'sgd', 0.7]], ['c', ['4', null, 0.9]]]);

  it('keep the lines that lie in every brushed range', () => {
    const scene = parallelScene(RUNS, values, ['params.depth', 'params.opt', 'metrics.auc'], 'metrics.auc', { 'params.depth': { range: [1.5, 4] }, 'metrics.auc': { range: [0, 0.8] } });
    expect(scene.lines.filter((line) => isKept(scene, line)).map((line) => line.run.run_id)).toEqual(['b']);
  });

  it('have no place for a missing value, and drop it when that axis is brushed', () => {
    const scene = parallelScene(RUNS, new Map([...values].map(([run, [, optimizer]]) => [run, [optimizer]])), ['params.opt'], '', { 'params.opt': { range: [-0.5, 1.5] } });
    expect(scene.lines[2].places[0]).toBeNaN();
    expect(scene.lines.filter((line) => isKept(scene, line))).toHaveLength(2);
  });
});

describe('boxes', () => {
  const member = (value: number, group: string) => ({ run: RUNS[0], value, group });

  it('have quartiles as NumPy has them, and whiskers within one and a half boxes', () => {
    expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75);
    const box = boxOf('x', [1, 2, 3, 4, 100].map((value) => member(value, '')));
    expect([box.low, box.quarter, box.median, box.threeQuarters, box.high]).toEqual([1, 2, 3, 4, 4]);
  });

  it('put a number of many values together in stretches of equally many runs', () => {
    const made = boxesOf(Array.from({ length: 100 }, (_, at) => member(at, String(at / 10))), 'params.lr');
    expect(made.map((box) => box.members.length)).toEqual([20, 20, 20, 20, 20]);
  });

  it('stand in the order of their numbers', () => {
    expect(boxesOf(['16', '2', '8'].map((group) => member(1, group)), 'params.depth').map((box) => box.name)).toEqual(['2', '8', '16']);
  });
});
