import { describe, expect, it } from 'vitest';

import { toCsv, fileName } from './csv';
import { bestOf, titleOf } from './metricNames';
import { themed } from './plotly';
import { decide, type Thresholds } from './threshold';

// Scores 0.9 (positive), 0.6 (negative), 0.4 (positive), 0.1 (negative).
const all: Thresholds = {
  threshold: [0.9, 0.6, 0.4, 0.1],
  tp: [1, 1, 2, 2],
  fp: [0, 1, 1, 2],
  tn: [2, 1, 1, 0],
  fn: [1, 1, 0, 0],
};
const counts = (threshold: number): number[] => {
  const { tp, fp, tn, fn } = decide(all, threshold);
  return [tp, fp, tn, fn];
};

describe('a decision at a threshold', () => {
  it('is that of the next higher score', () => {
    expect(counts(0.9)).toEqual([1, 0, 2, 1]);
    expect(counts(0.5)).toEqual([1, 1, 1, 1]);
    expect(counts(0.4)).toEqual([2, 1, 1, 0]);
    expect(counts(0)).toEqual([2, 2, 0, 0]);
  });

  it('calls nothing positive above the highest score', () => {
    expect(counts(0.95)).toEqual([0, 0, 2, 2]);
    expect(decide(all, 0.95).precision).toBeNull();
    expect(decide(all, 0.95).recall).toBe(0);
  });

  it('does not depend on the order of the list', () => {
    const turned = Object.fromEntries(Object.entries(all).map(([key, list]) => [key, [...list].reverse()])) as unknown as Thresholds;
    for (const threshold of [0, 0.3, 0.5, 0.7, 0.95]) expect(decide(turned, threshold)).toEqual(decide(all, threshold));
  });

  it('gives the measures of the counts', () => {
    expect(decide(all, 0.4)).toMatchObject({ accuracy: 0.75, precision: 2 / 3, recall: 1, f1: 0.8, specificity: 0.5 });
  });
});

describe('metrics', () => {
  it('know which way is better', () => {
    expect(bestOf('auc', [0.8, 0.9])).toBe(1);
    expect(bestOf('rmse', [3, 5, null])).toBe(0);
    expect(bestOf('auc', [0.9, 0.9])).toBeNull();
    expect(bestOf('rows', [1, 2])).toBeNull();
  });

  it('have names for people, also unknown ones', () => {
    expect(titleOf('r2')).toBe('R²');
    expect(titleOf('worst_group_auc')).toBe('Worst group auc');
  });
});

describe('files', () => {
  it('quote what has to be quoted', () => {
    expect(toCsv(['a,b', 'c'], [['say "hi"', 1], [null, 'two\nlines']])).toBe('"a,b",c\r\n"say ""hi""",1\r\n,"two\nlines"\r\n');
  });

  it('have names that every system takes', () => {
    expect(fileName('ROC curve: A/B', 'png')).toBe('roc-curve-a-b.png');
    expect(fileName('///', 'csv')).toBe('figure.csv');
  });
});

describe('a figure in the colours of the page', () => {
  it('keeps what it says about its axes and drops its own template and size', () => {
    const { layout } = themed({ data: [], layout: { template: {}, width: 900, title: 'x', xaxis: { title: { text: 'Recall' } }, yaxis2: {} } }, true);

    expect(layout).not.toHaveProperty('template');
    expect(layout).not.toHaveProperty('width');
    expect(layout.xaxis).toMatchObject({ title: { text: 'Recall' }, gridcolor: 'rgba(255,255,255,.14)' });
    expect(layout.yaxis2).toHaveProperty('gridcolor');
  });
});
