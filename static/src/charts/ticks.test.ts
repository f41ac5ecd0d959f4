import { describe, expect, it } from 'vitest';

import { linearTicks, logTicks, secondTicks, tickLabels, timeTicks, valueText } from './ticks';

describe('linear ticks', () => {
  it('are round numbers inside the range', () => {
    expect(linearTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(linearTicks(-3, 7, 4)).toEqual([-2, 0, 2, 4, 6]);
    expect(linearTicks(9990, 10010, 4)).toEqual([9990, 9995, 10000, 10005, 10010]);
  });

  it('have no rounding dust', () => {
    expect(linearTicks(0.1, 0.45, 6)).toEqual([0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45]);
    expect(tickLabels('number', linearTicks(0, 0.003, 4))).toEqual(['0', '0.001', '0.002', '0.003']);
  });

  it('of one value, or of a broken range, are that value', () => {
    expect(linearTicks(4, 4, 5)).toEqual([4]);
    expect(linearTicks(1, NaN, 5)).toEqual([1]);
  });

  it('are never more than a screen holds', () => {
    for (const [low, high] of [[0, 1e-300], [-1e300, 1e300], [1e15, 1e15 + 2], [-7, -6.9999]] as const) {
      expect(linearTicks(low, high, 8).length).toBeLessThan(25);
    }
  });
});

describe('log ticks', () => {
  it('are powers of ten, and what lies between while there is room', () => {
    expect(logTicks(1, 1000, 20)).toEqual([1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]);
    expect(logTicks(1e-6, 1e6, 6)).toEqual([1e-6, 1e-4, 0.01, 1, 100, 1e4, 1e6]);
  });

  it('are every power of ten of a short sweep', () => {
    expect(logTicks(1.3e-5, 0.09, 4)).toEqual([1e-4, 1e-3, 1e-2]);
  });

  it('of a short range are those of a linear axis', () => {
    expect(logTicks(2, 3, 5)).toEqual([2, 2.2, 2.4, 2.6, 2.8, 3]);
  });
});

describe('time', () => {
  it('stands at full hours', () => {
    const low = new Date(2026, 2, 1, 7, 13).getTime();
    for (const tick of timeTicks(low, low + 6 * 3_600_000, 6)) expect(new Date(tick).getMinutes()).toBe(0);
  });

  it('names the day where it changes', () => {
    const low = new Date(2026, 2, 1, 22).getTime();
    const labels = tickLabels('time', timeTicks(low, low + 4 * 3_600_000, 4));
    expect(labels[0]).toBe('1 Mar 22:00');
    expect(labels).toContain('2 Mar 00:00');
    expect(labels[1]).toBe('23:00');
  });

  it('that is no date stays a number', () => {
    expect(valueText('time', 1e30)).not.toContain('Invalid');
  });
});

describe('seconds since a start', () => {
  it('are minutes and hours when they are many', () => {
    expect(tickLabels('seconds', secondTicks(0, 7200, 5))).toEqual(['0', '30 min', '1 h', '1.5 h', '2 h']);
    expect([125, 179.7, 3725, -125].map((value) => valueText('seconds', value))).toEqual(['2:05', '3:00', '1:02:05', '-2:05']);
    expect(tickLabels('seconds', secondTicks(0, 20, 5))).toEqual(['0', '5 s', '10 s', '15 s', '20 s']);
  });
});

describe('labels', () => {
  it('of a log axis are each as exact as it has to be', () => {
    expect(tickLabels('number', [1e-5, 1e-4, 0.01, 1, 1000, 1e5], true)).toEqual(['1e-5', '0.0001', '0.01', '1', '1000', '100k']);
    expect(tickLabels('seconds', [1, 3600], true)).toEqual(['1 s', '1 h']);
  });

  it('are short for large numbers and tell neighbours apart', () => {
    expect(tickLabels('number', [0, 250_000, 500_000])).toEqual(['0', '250k', '500k']);
    expect(tickLabels('number', [0, 5000, 10_000])).toEqual(['0', '5k', '10k']);
    expect(tickLabels('number', [0, 500_000, 1_000_000, 1_500_000])).toEqual(['0', '0.5M', '1M', '1.5M']);
    expect(tickLabels('number', [1_000_000, 1_000_001])).toEqual(['1000000', '1000001']);
    expect(tickLabels('number', [1e-9, 2e-9])).toEqual(['1e-9', '2e-9']);
  });
});
