import { describe, expect, it, vi } from 'vitest';

import { moved, nextOrder, replaced, shifted, sortOf } from './columns';
import { canonical, fieldOf, fullTitleOf, nameOf, splitNames } from './fields';
import { Rows } from './rows';
import { Selection } from './selection';
import { BLOCK, Source } from './source';

describe('names of fields', () => {
  it.each(['metrics.auc', 'metrics.auc:max', 'params.`learning rate`', 'tags.`mlflow/x`', 'metrics.`a``b`:best', 'attributes.status', 'metrics.`😀 ü`'])('%s', (name) => {
    expect(nameOf(fieldOf(name) as never)).toBe(name);
  });

  it('have one way of writing', () => {
    expect(canonical('param."a b"')).toBe('params.`a b`');
    expect(canonical('metrics.`auc`:last')).toBe('metrics.auc');
    expect(canonical('created')).toBe('attributes.created');
    expect(fullTitleOf('metrics.`val/auc`:best')).toBe('val/auc (best)');
  });

  it.each(['', 'metrics.', 'no.such', 'attributes.nothing', 'params.a:max', 'metrics.`open'])('is no name: %s', (name) => expect(fieldOf(name)).toBeNull());

  it('are split at commas, but not within quotes', () => {
    expect(splitNames('metrics.a, params.`x, y`:max,,tags.z')).toEqual(['metrics.a', 'params.`x, y`:max', 'tags.z']);
  });
});

describe('columns', () => {
  const columns = ['a', 'b', 'c', 'd'];
  it('move before or after another', () => {
    expect(moved(columns, 'a', 'c', true)).toEqual(['b', 'c', 'a', 'd']);
    expect(moved(columns, 'd', 'a', false)).toEqual(['d', 'a', 'b', 'c']);
    expect(moved(columns, 'x', 'a', false)).toEqual(columns);
    expect(moved(columns, 'a', 'a', true)).toEqual(columns);
  });
  it('move by one place, and stop at the ends', () => {
    expect(shifted(columns, 'b', 1)).toEqual(['a', 'c', 'b', 'd']);
    expect(shifted(columns, 'b', -1)).toEqual(['b', 'a', 'c', 'd']);
    expect(shifted(columns, 'a', -1)).toEqual(columns);
  });
  it('stand once', () => expect(replaced(columns, 'a', 'c')).toEqual(['c', 'b', 'd']));
});

describe('order', () => {
  it('turns and goes with each click; measures begin with the largest, losses with the smallest', () => {
    const once = nextOrder([], 'metrics.auc', false);
    expect(once).toEqual([{ field: 'metrics.auc', descending: true }]);
    const twice = nextOrder(once, 'metrics.auc', false);
    expect(twice).toEqual([{ field: 'metrics.auc', descending: false }]);
    expect(nextOrder(twice, 'metrics.auc', false)).toEqual([]);
    expect(nextOrder([], 'metrics.val_loss', false)[0]?.descending).toBe(false);
    expect(nextOrder([], 'metrics.glossary', false)[0]?.descending).toBe(true);
  });
  it('has several keys with Shift', () => {
    const both = nextOrder(nextOrder([], 'metrics.auc', false), 'params.depth', true);
    expect(both.map((key) => key.field)).toEqual(['metrics.auc', 'params.depth']);
    expect(sortOf(both, 'params.depth')).toEqual({ place: 2, descending: false });
    expect(nextOrder(both, 'metrics.auc', true)).toEqual([{ field: 'metrics.auc', descending: false }, both[1]]);
    expect(nextOrder(both, 'tags.x', false)).toHaveLength(1);
  });
});

describe('rows in one line', () => {
  it('pinned ones first', () => {
    const rows = new Rows(2, 100_000, 0, []);
    expect(rows.count).toBe(100_002);
    expect(rows.at(1)).toEqual({ kind: 'run', source: 'pinned', index: 1 });
    expect(rows.at(2)).toEqual({ kind: 'run', source: '', index: 0 });
    expect(rows.at(100_001)).toEqual({ kind: 'run', source: '', index: 99_999 });
    expect([rows.at(100_002), rows.at(-1)]).toEqual([null, null]);
    expect([rows.rowOf('', 5), rows.rowOf('', 100_000), rows.rowOf('pinned', 1)]).toEqual([7, null, 1]);
  });
  it('groups, those that are open followed by their runs', () => {
    const rows = new Rows(0, null, 3, [{ group: 2, source: 'z', count: 2 }, { group: 0, source: 'a', count: 3 }]);
    const line = Array.from({ length: rows.count }, (_, row) => rows.at(row)).map((p) => (p?.kind === 'group' ? `g${p.index}` : `${p?.source}${p?.index}`));
    expect(line).toEqual(['g0', 'a0', 'a1', 'a2', 'g1', 'g2', 'z0', 'z1']);
    expect([rows.rowOfGroup(2), rows.rowOf('z', 1)]).toEqual([5, 7]);
  });
  it('none at all', () => expect(new Rows(0, 0, 0, []).at(0)).toBeNull());
});

it('a selection is some runs, or all but some', () => {
  const chosen = new Selection();
  chosen.set(['a', 'b'], true);
  expect([chosen.has('a'), chosen.has('c'), chosen.count(10)]).toEqual([true, false, 2]);
  chosen.chooseAll();
  chosen.set(['a'], false);
  expect([chosen.has('a'), chosen.has('c'), chosen.count(10)]).toEqual([false, true, 9]);
  chosen.set(['a'], true);
  expect(chosen.count(10)).toBe(10);
});

describe('rows of a question', () => {
  interface Row { id: number; values: Record<string, number> }
  const tick = (): Promise<void> => new Promise((done) => setTimeout(done));
  function source(total: number) {
    const asked: { columns: string[]; offset: number }[] = [];
    const state = { total };
    const changed = vi.fn();
    const made = new Source<Row>(
      async (columns, offset, limit) => {
        asked.push({ columns, offset });
        const rows = Array.from({ length: Math.max(0, Math.min(limit, state.total - offset)) }, (_, at) => ({ id: offset + at, values: {} }));
        return { rows, total: state.total, total_is_exact: true, last_event: 0 };
      },
      (row) => row,
      changed,
      (error) => { throw error; },
    );
    return { made, asked, state, changed };
  }
  const COLUMNS = Array.from({ length: 12_000 }, (_, n) => `metrics.m${n}`);

  it('are asked for once, where they are looked at', async () => {
    const { made, asked } = source(100_000);
    await made.open(COLUMNS);
    made.want({ first: 0, last: 30 }, COLUMNS, { first: 0, last: 8 });
    await tick();
    expect(asked).toHaveLength(1);
    made.want({ first: 50_000, last: 50_030 }, COLUMNS, { first: 6000, last: 6008 });
    made.want({ first: 50_000, last: 50_030 }, COLUMNS, { first: 6000, last: 6008 });
    await tick();
    expect(asked).toHaveLength(2);
    expect(asked[1]?.offset).toBe(50_000);
    expect(asked[1]?.columns.length).toBeLessThanOrEqual(40);
    expect(asked[1]?.columns).toContain('metrics.m6003');
    expect(made.row(50_010)?.id).toBe(50_010);
    expect(made.row(BLOCK + 1)).toBeUndefined();
  });

  it('read again what is in sight only, and learn of a new total', async () => {
    const { made, asked, state } = source(250);
    await made.open(['a']);
    made.want({ first: 150, last: 180 }, ['a'], { first: 0, last: 1 });
    await tick();
    state.total = 251;
    asked.length = 0;
    expect(await made.refresh({ first: 150, last: 180 }, ['a'], { first: 0, last: 1 })).toBe(true);
    expect(asked.map((one) => one.offset)).toEqual([100]);
    expect(made.total).toBe(251);
    made.want({ first: 0, last: 30 }, ['a'], { first: 0, last: 1 });
    await tick();
    expect(asked.map((one) => one.offset)).toEqual([100, 0]);
  });

  it('forgets the answer that a later question overtook', async () => {
    const { made, state } = source(3);
    const first = made.refresh({ first: 0, last: 3 }, ['a'], { first: 0, last: 1 });
    state.total = 5;
    const second = made.refresh({ first: 0, last: 3 }, ['a'], { first: 0, last: 1 });
    expect([await first, await second]).toEqual([false, true]);
    expect(made.total).toBe(5);
  });
});
