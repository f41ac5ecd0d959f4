import { describe, expect, it } from 'vitest';

import { placeOf, seriesOf } from './images';

const picture = (key: string | undefined, step: number | undefined, path = `${key}${step}.png`) => ({ key, step, path, size: 1 });

describe('pictures', () => {
  it('of one key are a series in the order of steps, others stand for themselves', () => {
    const { series, others } = seriesOf([picture('dogs', 10), picture('dogs', 2), picture('cats', 1), picture('dogs', 2, 'second.png'), picture(undefined, undefined, 'plot.png')]);
    expect(series.map((one) => [one.key, one.steps.map((s) => [s.step, s.pictures.length])])).toEqual([
      ['dogs', [[2, 2], [10, 1]]],
      ['cats', [[1, 1]]],
    ]);
    expect(others.map((one) => one.path)).toEqual(['plot.png']);
  });

  it.each([
    [null, 2],
    [10, 1],
    [15, 1],
    [0, 0],
    [99, 2],
  ])('at step %s the slider stands at %s', (step, place) => {
    const { series } = seriesOf([picture('a', 2), picture('a', 10), picture('a', 20)]);
    expect(placeOf(series[0], step)).toBe(place);
  });
});
