import { describe, expect, it } from 'vitest';

import { type Inspection, type SeenColumn, keepAfter, kindsAfter, nothingChosen, optionText, optionValue, previewTruth } from './inspection';

const column = (name: string, more: Partial<SeenColumn> = {}): SeenColumn => ({
  name, original: name, kind: 'integer', guessed: 'integer', keep: true, missing: 0, distinct: 3, examples: [], problem: null, ...more,
});

describe('options', () => {
  it('go to the server as it takes them', () => {
    expect(optionValue('missing', '?, NA, "a, b"', false)).toEqual(['?', 'NA', 'a, b']);
    expect(optionValue('header', '', true)).toBe(true);
    expect(optionValue('skip_rows', '3', false)).toBe(3);
    expect(optionValue('skip_rows', 'x', false)).toBeUndefined();
    expect(optionValue('day_first', '', false)).toBeNull();
    expect(optionValue('day_first', 'true', false)).toBe(true);
    expect(optionValue('separator', '', false)).toBeUndefined();
    expect(optionValue('separator', '\t', false)).toBe('\t');
  });

  it('come back as they are written', () => {
    expect(optionText('missing', ['?', 'a, b'])).toBe('?, "a, b"');
    expect(optionText('day_first', undefined)).toBe('');
    expect(optionText('skip_rows', 0)).toBe('0');
  });

  it('can all be forgotten', () => {
    expect(nothingChosen()).toMatchObject({ separator: null, kinds: null, keep: null });
  });
});

describe('columns', () => {
  it('keep the kinds that differ from the guess', () => {
    expect(kindsAfter(undefined, column('a'), 'text')).toEqual({ a: 'text' });
    expect(kindsAfter({ a: 'text', b: 'date' }, column('a'), 'integer')).toEqual({ b: 'date' });
    expect(kindsAfter({ a: 'text' }, column('a'), 'integer')).toBeNull();
  });

  it('may be left out', () => {
    expect(keepAfter([column('a'), column('b')], 'a', false)).toEqual(['b']);
    expect(keepAfter([column('a', { keep: false }), column('b')], 'a', true)).toBeNull();
  });
});

describe('the preview', () => {
  const found: Inspection = {
    format: 'csv', packing: '', members: [], sheets: [], options: {}, columns: [column('a'), column('b')], preview: { rows: [['1', '2']] },
    rows_looked_at: 10_000, whole: false, estimated_rows: 1_441_793, notes: [], problems: [],
  };

  it('says how much it shows of how much', () => {
    expect(previewTruth(found)).toBe('First 1 of about 1,400,000 rows · 2 columns · kinds judged by the first 10,000 rows');
    expect(previewTruth({ ...found, whole: true, rows_looked_at: 201 })).toBe('First 1 of 201 rows · 2 columns');
    expect(previewTruth({ ...found, estimated_rows: null })).toContain('of more rows');
  });
});
