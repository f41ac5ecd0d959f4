import { describe, expect, it } from 'vitest';

import {
  BLOCK_ROWS,
  ROW_HEIGHT,
  TALLEST,
  bodyHeight,
  cellText,
  columnWidth,
  edges,
  filterWords,
  joinValues,
  nextSort,
  rowsAddress,
  scrollForRow,
  sortOf,
  splitValues,
  truth,
  visibleColumns,
  visibleRows,
  wishFrom,
  wishQuery,
} from './gridModel';

describe('the truth line', () => {
  it('says how many of all rows are shown', () => {
    expect(truth(1000, 54312, 20)).toBe('1,000 of 54,312 rows · 20 columns');
    expect(truth(54312, 54312, 1)).toBe('54,312 rows · 1 column');
    expect(truth(0, 1, 2)).toBe('0 of 1 row · 2 columns');
  });
});

describe('sorting', () => {
  it('goes from smallest to largest first to none', () => {
    expect(nextSort('', 'age')).toBe('age');
    expect(nextSort('age', 'age')).toBe('-age');
    expect(nextSort('-age', 'age')).toBe('');
    expect(nextSort('-age', 'sex')).toBe('sex');
  });

  it('is told to screen readers', () => {
    expect(sortOf('-age', 'age')).toBe('descending');
    expect(sortOf('age', 'age')).toBe('ascending');
    expect(sortOf('age', 'sex')).toBe('none');
  });
});

describe('filters', () => {
  it('read as sentences', () => {
    expect(filterWords({ column: 'age', op: '>=', value: 30 }, 'integer')).toBe('age is at least 30');
    expect(filterWords({ column: 'day', op: '<', value: '2024-01-01' }, 'date')).toBe('day is before 2024-01-01');
    expect(filterWords({ column: 'age', op: 'missing' })).toBe('age is missing');
    expect(filterWords({ column: 'c', op: 'in', value: ['a', 'b'] })).toBe('c is one of a, b');
  });

  it('take several values, with commas in quotes', () => {
    expect(splitValues('a, b ,"c, d", "say ""x"""')).toEqual(['a', 'b', 'c, d', 'say "x"']);
    expect(splitValues('')).toEqual([]);
    expect(splitValues(joinValues(['a', 'x, y', '"q"']))).toEqual(['a', 'x, y', '"q"']);
  });

  it('survive a link', () => {
    const wish = { sort: '-a,b', search: 'x & y', filters: [{ column: 'ä', op: 'contains', value: '"<' }] };
    expect(wishFrom(new URLSearchParams(wishQuery(wish).toString()))).toEqual(wish);
    expect(wishFrom(new URLSearchParams('filter=[broken'))).toEqual({ sort: '', search: '', filters: [] });
  });

  it('stand in the address of the rows', () => {
    const address = rowsAddress('/rows', { sort: 'a', search: '', filters: [] }, 100, BLOCK_ROWS, ['a,b']);
    expect(address).toBe('/rows?sort=a&offset=100&limit=100&columns=%5B%22a%2Cb%22%5D');
    expect(rowsAddress('/rows?x=1', { sort: '', search: '', filters: [] }, 0, 1, null)).toBe('/rows?x=1&offset=0&limit=1');
  });
});

describe('the window', () => {
  it('draws the rows in view and a few more', () => {
    expect(visibleRows(0, 300, 1000)).toEqual({ first: 0, last: 23, top: 0 });
    const middle = visibleRows(500 * ROW_HEIGHT, 300, 1000);
    expect(middle.first).toBe(494);
    expect(middle.top).toBe(494 * ROW_HEIGHT);
    expect(visibleRows(1e9, 300, 10).last).toBe(10);
  });

  it('reaches the last row of a table taller than a browser can draw', () => {
    const rows = 50_000_000;
    expect(bodyHeight(rows)).toBe(TALLEST);
    const end = visibleRows(TALLEST - 300, 300, rows);
    expect(end.last).toBe(rows);
    expect(end.top + (rows - end.first) * ROW_HEIGHT).toBeCloseTo(TALLEST, 3);
    const wanted = scrollForRow(25_000_000, 0, 300, rows);
    expect(wanted).not.toBeNull();
    const there = visibleRows(wanted ?? 0, 300, rows);
    expect(there.first).toBeLessThanOrEqual(25_000_000);
    expect(there.last).toBeGreaterThan(25_000_000);
  });

  it('scrolls only when a row is out of view', () => {
    expect(scrollForRow(3, 0, 300, 1000)).toBeNull();
    expect(scrollForRow(10, 0, 300, 1000)).toBe(30);
    expect(scrollForRow(0, 60, 300, 1000)).toBe(0);
  });

  it('draws the columns in view and a few more', () => {
    const places = edges(Array.from({ length: 5000 }, () => 100));
    expect(visibleColumns(places, 0, 350)).toEqual({ first: 0, last: 6 });
    expect(visibleColumns(places, 250_000, 350)).toEqual({ first: 2498, last: 2506 });
    expect(visibleColumns(places, 499_900, 350).last).toBe(5000);
  });
});

describe('cells', () => {
  it('are short and exact enough', () => {
    expect(cellText(0.1 + 0.2, 'number')).toBe('0.3');
    expect(cellText(12345, 'integer')).toBe('12345');
    expect(cellText(1.5e-9, 'number')).toBe('1.5000e-9');
    expect(cellText('two\nlines', 'text')).toBe('two lines');
    expect(cellText(null, 'text')).toBe('');
    expect(cellText(false, 'boolean')).toBe('false');
  });

  it('make columns neither too narrow nor too wide', () => {
    expect(columnWidth({ name: 'a', kind: 'integer' }, [1, 2])).toBe(136);
    expect(columnWidth({ name: 'a', kind: 'text' }, ['x'.repeat(500)])).toBe(280);
  });
});
