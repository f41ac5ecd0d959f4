import { describe, expect, it } from 'vitest';
import { bump, fade, likelihood } from './habits';

describe('habits', () => {
  it('count in full the way a wire was drawn, half the other way', () => {
    const habits = bump({}, 'split', 'train', 'output');
    expect(likelihood(habits, 'split', 'train', 'output')).toBe(1);
    expect(likelihood(habits, 'train', 'split', 'input')).toBe(0.5);
  });
  it('fade, and are forgotten', () => {
    let habits = fade(bump({}, 'a', 'b', 'output'));
    expect(likelihood(habits, 'a', 'b', 'output')).toBe(0.8);
    for (let visit = 0; visit < 20; visit++) habits = fade(habits);
    expect(habits).toEqual({});
  });
});
