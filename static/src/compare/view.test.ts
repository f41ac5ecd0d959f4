import { describe, expect, it } from 'vitest';

import { columns, moved, readView, type View, without, writeView } from './view';
import { inSight } from './window';

const view = (query: string, runs: string[]): View => readView(new URLSearchParams(query), runs);

describe('the address', () => {
  it('says what is looked at, and nothing of what is usual', () => {
    expect(writeView(view('', ['a', 'b']), null)).toBe('runs=a,b');
    const asked = 'runs=a,b,c&base=b&tab=code&only=differences&metric=best&q=lr&closed=tags%2Cenvironment&turned=yes&other=c&node=n1&file=x.py&picture=image+y&step=-3';
    expect(writeView(view(asked, ['a', 'b', 'c']), null)).toBe(asked);
  });

  it('names very many runs by a key', () => {
    expect(writeView(view('base=b', ['a', 'b']), 'k1')).toBe('set=k1&base=b');
  });

  it('takes nonsense for what is usual', () => {
    const read = view('base=nobody&metric=median&step=1e9&closed=nothing,params', ['a']);
    expect([read.base, read.statistic, read.step, read.closed]).toEqual(['a', 'last', null, ['params']]);
    expect(view('', []).base).toBe('');
  });
});

describe('the columns', () => {
  const three = { runs: ['a', 'b', 'c'], base: 'b' };

  it('begin with the base', () => {
    expect(columns(three)).toEqual(['b', 'a', 'c']);
  });

  it('can be moved, but not before the base', () => {
    expect(moved(three, 'c', 1)).toEqual(['b', 'c', 'a']);
    expect(moved(three, 'c', 0)).toEqual(['b', 'c', 'a']);
    expect(moved(three, 'a', 9)).toEqual(['b', 'c', 'a']);
  });

  it('lose a run, and find another base if it was that', () => {
    const asked = view('base=b&other=c', ['a', 'b', 'c']);
    expect([without(asked, 'b').base, without(asked, 'b').runs]).toEqual(['a', ['a', 'c']]);
    expect(without(asked, 'c').other).toBe('');
    expect(without(view('', ['a']), 'a').base).toBe('');
  });
});

describe('what is in sight', () => {
  it('is the rows of the window and a few around it', () => {
    expect(inSight(1000, 36, 3600, 360, 2)).toEqual({ from: 98, to: 112 });
    expect(inSight(5, 36, 0, 3600)).toEqual({ from: 0, to: 5 });
    expect(inSight(0, 36, 0, 100)).toEqual({ from: 0, to: 0 });
    expect(inSight(10, 36, 99_999, 100)).toEqual({ from: 10, to: 10 });
  });
});
