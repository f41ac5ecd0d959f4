import { describe, expect, it } from 'vitest';

import { ago, bytes, duration, measure, number } from './format';

describe('duration', () => {
  it.each([
    [0.034, '0.03 s'],
    [0.996, '1.0 s'],
    [9.94, '9.9 s'],
    [12.4, '12 s'],
    [59.6, '1 min 00 s'],
    [185, '3 min 05 s'],
    [7620, '2 h 07 min'],
    [null, '–'],
  ])('says %s seconds as %s', (seconds, text) => expect(duration(seconds)).toBe(text));
});

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [512, '512 B'],
    [1500, '1.5 kB'],
    [34_000_000, '34 MB'],
    [999_999, '1.0 MB'],
    [2_100_000_000_000_000, '2100 TB'],
    [undefined, '–'],
  ])('says %s as %s', (count, text) => expect(bytes(count)).toBe(text));
});

describe('ago', () => {
  const now = new Date('2026-11-20T12:00:00Z');
  it.each([
    ['2026-11-20T11:59:30Z', 'just now'],
    ['2026-11-20T12:00:10Z', 'just now'],
    ['2026-11-20T11:55:00Z', '5 min ago'],
    ['2026-11-20T09:00:00Z', '3 h ago'],
    ['2026-11-19T11:00:00Z', 'yesterday'],
    ['2026-11-17T12:00:00Z', '3 days ago'],
    ['2026-03-04T12:00:00Z', '4 Mar 2026'],
    [null, '–'],
  ])('says %s as %s', (iso, text) => expect(ago(iso, now)).toBe(text));
});

describe('measure', () => {
  it.each([
    [1, '1.000'],
    [0, '0.000'],
    [0.9, '0.9000'],
    [-54.1234, '-54.12'],
    [1234.567, '1,234.6'],
    [0.00000012, '1.20e-7'],
    [null, '–'],
  ])('says %s as %s', (value, text) => expect(measure(value)).toBe(text));
});

describe('number', () => {
  it.each([
    [54312, '54,312'],
    [0.903412, '0.9034'],
    [0.9, '0.9'],
    [1234.567, '1,234.6'],
    [0.00000012, '1.20e-7'],
    [1.5e12 + 0.5, '1.50e12'],
    [Number.NaN, 'NaN'],
    [null, '–'],
  ])('says %s as %s', (value, text) => expect(number(value)).toBe(text));
});
