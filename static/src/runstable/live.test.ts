import { expect, it } from 'vitest';

import { meant, movedByMetrics } from './live';
import { freshView } from './view';

const metric = (run_id: string) => ({ type: 'metric' as const, body: { run_id } });
const known = (id: string): boolean => id !== 'far';

it('new values of runs in the table touch those rows alone', () => {
  expect(meant([metric('a'), metric('b'), metric('a')], freshView(), known)).toEqual(['a', 'b']);
  expect(meant([metric('far')], freshView(), known)).toEqual([]);
});

it('what may move rows has them all read again', () => {
  expect(meant([metric('a'), { type: 'run', body: { run_id: 'a' } }], freshView(), known)).toBeNull();
  expect(meant([{ type: 'reread', body: {} }], freshView(), known)).toBeNull();
  expect(meant([metric('far')], { ...freshView(), order: [{ field: 'metrics.auc', descending: true }] }, known)).toBeNull();
  expect(meant([metric('a')], { ...freshView(), groups: ['params.depth'] }, known)).toBeNull();
});

it('values move rows where the order or the filter is about them', () => {
  expect(movedByMetrics({ ...freshView(), filter: "params.depth = '6'" })).toBe(false);
  expect(movedByMetrics({ ...freshView(), filter: "params.depth = '6' OR metrics.`val/auc`:max > 0.5" })).toBe(true);
});
