import { describe, expect, it } from 'vitest';
import { absent, describe as inWords, NOTHING, selected, toggle } from './columns';

const COLUMNS = [
  { name: 'age', kind: 'integer' },
  { name: 'pay', kind: 'number' },
  { name: 'city', kind: 'category' },
];
const names = (...args: Parameters<typeof selected>) => selected(...args).map((column) => column.name);

describe('a selection of columns', () => {
  it('takes all but the exceptions', () =>
    expect(names({ ...NOTHING, all: true, except: ['pay'] }, COLUMNS)).toEqual(['age', 'city']));
  it('takes kinds and names together, in the order of the table', () =>
    expect(names({ ...NOTHING, kinds: ['category'], names: ['age'] }, COLUMNS)).toEqual(['age', 'city']));
  it('never takes a kind that may not be chosen', () =>
    expect(names({ ...NOTHING, all: true }, COLUMNS, ['number', 'integer'])).toEqual(['age', 'pay']));
  it('takes a column by name, and leaves one that a rule brought out as an exception', () => {
    const named = toggle(NOTHING, COLUMNS[0]!, true);
    expect(named.names).toEqual(['age']);
    expect(toggle(named, COLUMNS[0]!, false)).toEqual(NOTHING);
    expect(toggle({ ...NOTHING, all: true }, COLUMNS[1]!, false)).toEqual({ ...NOTHING, all: true, except: ['pay'] });
    expect(toggle({ ...NOTHING, all: true, except: ['pay'] }, COLUMNS[1]!, true)).toEqual({ ...NOTHING, all: true });
  });
  it('says which names are not there', () =>
    expect(absent({ ...NOTHING, names: ['age', 'gone'] }, COLUMNS)).toEqual(['gone']));
  it('is said in words', () => {
    expect(inWords({ ...NOTHING, all: true, except: ['a', 'b', 'c', 'd'] })).toBe('All columns but a, b, c and 1 more');
    expect(inWords({ ...NOTHING, kinds: ['number'], names: ['x'] })).toBe('All number columns and x');
    expect(inWords(NOTHING)).toBe('No columns chosen');
  });
});
