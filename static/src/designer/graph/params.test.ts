import { describe, expect, it } from 'vitest';
import { param } from './make';
import { applies, complaint, defaultText, isDefault, parseNumber, valueOf } from './params';

const SHARE = param('share', 'number', { default: 0.7, min: 0, max: 1 });

describe('a setting', () => {
  it('is its default until it is set', () => {
    expect(valueOf(SHARE, {})).toBe(0.7);
    expect(isDefault(SHARE, { share: 0.7 })).toBe(true);
    expect(isDefault(SHARE, { share: 0.8 })).toBe(false);
  });
  it.each([
    [0.5, null],
    [2, 'Give at most 1.'],
    [-1, 'Give at least 0.'],
    ['half', 'Give a number.'],
    [null, 'This is needed.'],
  ])('of %s is answered with %s', (value, said) => expect(complaint(SHARE, value)).toBe(said));
  it('that is a whole number wants one', () =>
    expect(complaint(param('n', 'integer'), 1.5)).toBe('Give a whole number.'));
  it('may be left open where it is optional', () =>
    expect(complaint(param('t', 'text', { required: false }), '')).toBeNull());
  it('with columns wants some', () =>
    expect(complaint(param('c', 'columns'), { all: false, kinds: [], names: [], except: [] })).toBe('Choose columns.'));
  it('is asked for only while the others say so, by their defaults too', () => {
    const mode = param('mode', 'choice', { default: 'a' });
    const only = param('only', 'text', { when: { mode: ['b'] } });
    expect(applies(only, {}, [mode, only])).toBe(false);
    expect(applies(only, { mode: 'b' }, [mode, only])).toBe(true);
  });
  it('keeps what is typed where it is not a number yet', () => {
    expect([parseNumber('1.5'), parseNumber('1,5'), parseNumber(''), parseNumber('-'), parseNumber('1e3')]).toEqual([
      1.5,
      1.5,
      null,
      '-',
      1000,
    ]);
  });
  it('names its default as people see it', () => {
    expect(defaultText(param('b', 'boolean', { default: false }))).toBe('off');
    expect(defaultText(param('c', 'choice', { default: 'x', choices: [{ value: 'x', title: 'Ex' }] }))).toBe('Ex');
  });
});
