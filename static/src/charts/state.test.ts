import { describe, expect, it } from 'vitest';

import { between, columnsFor, layOut, metricPanel, sectionsOf } from './layout';
import { differences, freshState, lookOf, stateFrom, withOrder, withOwn, withSize } from './state';

describe('the state of a wall', () => {
  it('survives the address', () => {
    let state = freshState();
    state = { ...state, smoothing: 0.9, logY: true, x: 'metric:train/loss', pinned: ['metric:auc'], search: 'loss', group: 'params.depth' };
    state = withOwn(state, 'metric:auc', { smoothing: 0, zoom: { x: [3, 9], y: null } });
    state = withSize(state, 'metric:auc', { columns: 2, rows: 3 });
    state.added = [{ id: 'added:1', kind: 'parallel', title: '', list: ['params.a'], fields: { color: 'metrics.auc' }, axes: { 'params.a': { log: true, range: [1, 2] } } }];
    expect(stateFrom(JSON.parse(JSON.stringify(differences(state))))).toEqual(state);
  });

  it('of a fresh wall is nothing at all', () => {
    expect(differences(freshState())).toEqual({});
  });

  it.each([null, 7, 'x', [], { smoothing: 'much', x: 'sideways', columns: 99, pinned: [1, {}], own: { a: 3 }, sizes: { a: { columns: -4 } }, added: [{ id: 1 }, null], most: 7 }])(
    'made of nonsense (%j) is a fresh one',
    (given) => {
      const state = stateFrom(given);
      expect({ ...state, own: {}, sizes: {} }).toEqual(freshState());
    },
  );

  it('gives a panel its own settings and takes them back', () => {
    let state = { ...freshState(), smoothing: 0.5 };
    state = withOwn(state, 'metric:a', { smoothing: 0.9, logY: true });
    expect(lookOf(state, 'metric:a')).toMatchObject({ smoothing: 0.9, logY: true, x: 'step' });
    expect(lookOf(state, 'metric:b').smoothing).toBe(0.5);
    state = withOwn(state, 'metric:a', { smoothing: undefined, logY: undefined });
    expect(state.own).toEqual({});
  });
});

describe('arranging', () => {
  const section = ['a', 'b', 'c', 'd', 'e'].map(metricPanel);
  const keys = ['a', 'b', 'c', 'd', 'e'];
  const shown = (state: ReturnType<typeof freshState>): string[] => sectionsOf(keys, state, [], (id) => id).flatMap((one) => one.panels.map((id) => id.slice(7)));

  it('puts a panel where another is, to both sides', () => {
    expect(shown(withOrder(freshState(), section, section[3], section[0]))).toEqual(['d', 'a', 'b', 'c', 'e']);
    expect(shown(withOrder(freshState(), section, section[0], section[2]))).toEqual(['b', 'c', 'a', 'd', 'e']);
  });

  it('keeps what was arranged before', () => {
    const once = withOrder(freshState(), section, section[4], section[0]);
    const order = shown(once).map(metricPanel);
    expect(shown(withOrder(once, order, metricPanel('c'), metricPanel('a')))).toEqual(['e', 'c', 'a', 'b', 'd']);
  });

  it('pins what is dropped among the pinned', () => {
    const pinned = { ...freshState(), pinned: [section[0], section[1]] };
    expect(withOrder(pinned, pinned.pinned, section[4], section[1]).pinned).toEqual([section[0], section[4], section[1]]);
  });
});

describe('the sections of a wall', () => {
  it('are groups by the part before the last slash', () => {
    const made = sectionsOf(['loss', 'train/loss', 'train/gpu/0', 'val/loss'], freshState(), [], (id) => id);
    expect(made.map((one) => [one.title, one.panels.length])).toEqual([['Metrics', 1], ['train', 1], ['train/gpu', 1], ['val', 1]]);
  });

  it('have only what the search asks for, every word of it', () => {
    const made = sectionsOf(['train/loss', 'val/loss', 'val/auc'], { ...freshState(), search: 'VAL lo' }, [], (id) => id);
    expect(made.flatMap((one) => one.panels)).toEqual(['metric:val/loss']);
  });

  it('show a pinned panel once, and a hidden one not', () => {
    const made = sectionsOf(['a', 'b', 'c'], { ...freshState(), pinned: ['metric:b', 'metric:gone'], hidden: ['metric:c'] }, [], (id) => id);
    expect(made.map((one) => one.panels)).toEqual([['metric:b'], ['metric:a']]);
  });
});

describe('the layout', () => {
  const section = (id: string, count: number, closed = false) => ({ id, title: id, closed, panels: Array.from({ length: count }, (_, at) => `${id}${at}`) });

  it('has as many columns as fit, and one on a phone', () => {
    expect(columnsFor(1400, 0)).toBe(4);
    expect(columnsFor(360, 4)).toBe(1);
  });

  it('keeps panels of any size from lying on one another', () => {
    const sizes = { a1: { columns: 2, rows: 1 }, a3: { columns: 3, rows: 2 }, a4: { columns: 9, rows: 1 } };
    const { panels, height } = layOut([section('a', 8), section('b', 3)], sizes, 1200, 3);
    panels.forEach((one, at) => {
      expect(one.left + one.width).toBeLessThanOrEqual(1200.5);
      expect(one.top + one.height).toBeLessThanOrEqual(height);
      for (const other of panels.slice(at + 1)) {
        const apart = one.left + one.width <= other.left + 0.5 || other.left + other.width <= one.left + 0.5 || one.top + one.height <= other.top || other.top + other.height <= one.top;
        expect(apart).toBe(true);
      }
    });
  });

  it('of 5,000 panels finds the few in the window', () => {
    const wall = layOut([section('a', 5000)], {}, 1200, 3);
    const seen = between(wall, 100_000, 100_800);
    expect(seen.length).toBeGreaterThan(5);
    expect(seen.length).toBeLessThan(25);
    expect(seen.every((one) => one.top <= 100_800 && one.top + one.height >= 100_000)).toBe(true);
  });

  it('shows nothing of a closed group', () => {
    expect(layOut([section('a', 5, true)], {}, 1200, 3).panels).toEqual([]);
  });
});
