import { describe, expect, it } from 'vitest';

import { delta, differs, extremes, longAt, type Row, rowsOf, sameAsBase, textAt, wanted } from './rows';
import type { Compared, RunHead } from './wire';

const run = (run_id: string, more: Partial<RunHead> = {}): RunHead => ({
  run_id, name: run_id, kind: 'tracked', status: 'completed', source: '', compute: 'cpu', person: 'ann', created_at: '2026-11-21T10:00:00Z',
  started_at: '2026-11-21T10:00:00Z', ended_at: '2026-11-21T10:00:30Z', seconds: null, peak_memory: null, experiment: 'E', experiment_id: 1,
  root: null, archived: false, deleted: false, ...more,
}); // prettier-ignore

const compared = (more: Partial<Compared>): Compared => ({
  runs: [run('a'), run('b'), run('c')], missing: [], metrics: [], params: [], tags: [], environment: [], data: [], code: [], outputs: [],
  evaluations: [], last_event: 0, ...more,
}); // prettier-ignore

const only = (more: Partial<Compared>, statistic: 'last' | 'min' | 'max' | 'best' = 'last'): Row => rowsOf(compared(more), statistic).find((row) => row.section !== 'overview')!;
const values = (row: Row): (string | null)[] => [0, 1, 2].map((at) => textAt(row, at));
const ALL = [0, 1, 2];

describe('rows of the table', () => {
  it('reads texts that all have, that some have, and that few have', () => {
    expect(values(only({ params: [{ key: 'a', values: ['x'] }] }))).toEqual(['x', 'x', 'x']);
    expect(values(only({ params: [{ key: 'a', values: ['x', 'y'], of: [1, -1, 0] }] }))).toEqual(['y', null, 'x']);
    expect(values(only({ params: [{ key: 'a', values: ['x'], of: [0], runs: [2] }] }))).toEqual([null, null, 'x']);
  });

  it('gives the value of a metric that is asked for; the best is that of its direction', () => {
    const metrics = [{ key: 'loss', better: 'min' as const, last: [3, null, 'NaN' as const], min: [1, null, 'NaN' as const], max: [5, null, 'NaN' as const] }];
    expect(values(only({ metrics }))).toEqual(['3', null, 'NaN']);
    expect(textAt(only({ metrics }, 'best'), 0)).toBe('1');
    expect(textAt(only({ metrics }, 'max'), 0)).toBe('5');
    expect(textAt(only({ metrics: [{ ...metrics[0], better: 'max' }] }, 'best'), 0)).toBe('5');
  });

  it('spreads a metric of few runs over all', () => {
    expect(values(only({ metrics: [{ key: 'm', better: 'max', last: ['Infinity'], min: [0], max: [0], runs: [1] }] }))).toEqual([null, 'Infinity', null]);
  });

  it('times runs by the clock of their client where nobody else did, and leaves out rows nobody has', () => {
    const rows = rowsOf(compared({}), 'last');
    expect(textAt(rows.find((row) => row.key === 'Duration')!, 0)).toBe('30 s');
    expect(rows.map((row) => row.key)).not.toContain('Peak memory');
    expect(rows.map((row) => row.key)).not.toContain('Source');
  });

  it('tells long texts apart that begin alike', () => {
    const row = only({ params: [{ key: 'a', values: [{ start: 'x', length: 900 }, { start: 'x', length: 900 }], of: [0, 1, 1] }] });
    expect(differs(row, ALL)).toBe(true);
    expect([sameAsBase(row, 1, 0), sameAsBase(row, 2, 1)]).toEqual([false, true]);
    expect(longAt(row, 0)).toEqual({ start: 'x', length: 900 });
  });
});

describe('differences', () => {
  const metric = (...last: (number | 'NaN' | null)[]): Row => only({ metrics: [{ key: 'm', better: 'max', last, min: last, max: last }] });

  it('sees other values, missing ones, and no difference between two that are not a number', () => {
    expect(differs(metric(1, 1, 1), ALL)).toBe(false);
    expect(differs(metric(1, 1, 2), ALL)).toBe(true);
    expect(differs(metric(1, 1, null), ALL)).toBe(true);
    expect(differs(metric('NaN', 'NaN', 'NaN'), ALL)).toBe(false);
    expect(differs(metric(1, 2, 3), [0])).toBe(false);
  });

  it('asks only the runs that are looked at', () => {
    expect(differs(metric(1, 1, 2), [0, 1])).toBe(false);
  });

  it('finds the extremes, but for a single value and what is no number', () => {
    expect(extremes(metric(3, 1, 2), ALL)).toEqual({ low: 1, high: 3 });
    expect(extremes(metric(3, 'NaN', 2), ALL)).toEqual({ low: 2, high: 3 });
    expect(extremes(metric(3, null, null), ALL)).toBeNull();
    expect(extremes(metric(3, 3, 3), ALL)).toBeNull();
    expect(extremes(only({ params: [{ key: 'a', values: ['1', '2'], of: [0, 1, 1] }] }), ALL)).toBeNull();
  });

  it('says how far a number is from the base, of parameters too', () => {
    expect(delta(metric(0.5, 0.75, 0), 1, 0)).toBe('+0.25 (+50 %)');
    expect(delta(metric(0.5, 0.75, 0), 2, 0)).toBe('−0.5 (−100 %)');
    expect(delta(metric(0, 2, 0), 1, 0)).toBe('+2');
    expect(delta(metric(1, 12, 0), 1, 0)).toBe('+11 (+12×)');
    expect(delta(metric(1, 'NaN', null), 1, 0)).toBe('');
    expect(delta(metric(1, 'NaN', null), 2, 0)).toBe('');
    const params = only({ params: [{ key: 'depth', values: ['3', '6', 'deep'], of: [0, 1, 2] }] });
    expect([delta(params, 1, 0), delta(params, 2, 0)]).toEqual(['+3 (+100 %)', '']);
  });
});

describe('what is wanted', () => {
  const rows = rowsOf(compared({ params: [{ key: 'depth', values: ['1', '2'], of: [0, 0, 1] }, { key: 'seed', values: ['7'] }, { key: 'only c', values: ['7'], of: [0], runs: [2] }] }), 'last');
  const keys = (places: number[], wish: { onlyDifferences?: boolean; search?: string }): string[] =>
    wanted(rows, places, { onlyDifferences: false, search: '', ...wish }).filter((row) => row.section === 'params').map((row) => row.key);

  it('is what the runs have, and of that what differs or is searched for', () => {
    expect(keys(ALL, {})).toEqual(['depth', 'seed', 'only c']);
    expect(keys([0, 1], {})).toEqual(['depth', 'seed']);
    expect(keys(ALL, { onlyDifferences: true })).toEqual(['depth', 'only c']);
    expect(keys(ALL, { search: 'SEE' })).toEqual(['seed']);
    expect(keys(ALL, { search: 'params dep' })).toEqual(['depth']);
  });

  it('is quick for a thousand runs', () => {
    const many = Array.from({ length: 1000 }, (_, at) => run(`r${at}`));
    const metrics = Array.from({ length: 100 }, (_, at) => ({ key: `m${at}`, better: 'max' as const, last: many.map((_, n) => n), min: many.map(() => 0), max: many.map(() => 1) }));
    const params = Array.from({ length: 200 }, (_, at) => ({ key: `p${at}`, values: ['1', '2'], of: many.map((_, n) => n % 2) }));
    const places = many.map((_, at) => at);
    const began = performance.now();
    expect(wanted(rowsOf(compared({ runs: many, metrics, params }), 'last'), places, { onlyDifferences: true, search: '' }).length).toBeGreaterThan(250);
    expect(performance.now() - began).toBeLessThan(500);
  });
});
