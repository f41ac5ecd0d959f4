import { describe, expect, it } from 'vitest';

import { averageByDistance, movingAverage, smoothed } from './smooth';

const values = Float64Array.from([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9]);

/** Written out instead of step by step: every value weighs weight^age, and the weights sum to one. */
function written(given: Float64Array, at: number, weight: number): number {
  let sum = 0;
  let weights = 0;
  for (let one = 0; one <= at; one += 1) {
    const share = weight ** (at - one);
    sum += share * given[one];
    weights += share;
  }
  return sum / weights;
}

describe('the moving average', () => {
  it.each([0.1, 0.6, 0.9, 0.99])('with weight %f is the weighted mean of all before it', (weight) => {
    const smooth = movingAverage(values, weight);
    values.forEach((_, at) => expect(smooth[at]).toBeCloseTo(written(values, at, weight), 10));
  });

  it('begins at the first value, not near zero', () => {
    expect(movingAverage(values, 0.99)[0]).toBeCloseTo(3, 10);
  });

  it('of a constant is the constant', () => {
    movingAverage(new Float64Array(50).fill(7), 0.9).forEach((value) => expect(value).toBeCloseTo(7, 10));
  });

  it('leaves what is not finite, and goes on behind it as if it were not there', () => {
    const smooth = movingAverage(Float64Array.from([3, NaN, 1, Infinity, 4]), 0.6);
    const without = movingAverage(Float64Array.from([3, 1, 4]), 0.6);
    expect([...smooth]).toEqual([without[0], NaN, without[1], Infinity, without[2]]);
  });

  it('of a series of which every tenth value is here is nearly as smooth as the whole', () => {
    const full = Float64Array.from({ length: 2000 }, (_, at) => Math.sin(at / 150));
    const tenth = full.filter((_, at) => at % 10 === 0);
    const [whole, part] = [movingAverage(full, 0.98), movingAverage(tenth, 0.98, 10)];
    for (let at = 20; at < tenth.length; at += 1) expect(Math.abs(part[at] - whole[at * 10])).toBeLessThan(0.05);
  });
});

describe('the average by distance', () => {
  const x = Float64Array.from(values, (_, at) => at);

  it('of evenly spaced values weighs by the root of the weight to the power of the distance', () => {
    const span = 14;
    const perStep = Math.sqrt(0.5) ** (1000 / span);
    const smooth = averageByDistance(x, values, 0.5, span);
    values.forEach((_, at) => expect(smooth[at]).toBeCloseTo(written(values, at, perStep), 10));
  });

  it('forgets over a long pause what came before it', () => {
    const paused = averageByDistance(Float64Array.from([0, 1, 2, 990, 1000]), Float64Array.from([100, 100, 100, 0, 0]), 0.9, 1000);
    expect(paused[2]).toBeCloseTo(100);
    expect(Math.abs(paused[4])).toBeLessThan(1e-6);
  });
});

it('no smoothing gives the very same values', () => {
  expect(smoothed(values, values, { smoother: 'points', smoothing: 0, stride: 1, span: 1 })).toBe(values);
});
