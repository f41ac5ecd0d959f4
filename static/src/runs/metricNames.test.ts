import { describe, expect, it } from 'vitest';
import { metricText } from './metricNames';

describe('metricText', () => {
  it('shows a perfect AUC as measured, not as a count', () => {
    expect(metricText('auc', 1)).toBe('1.000');
    expect(metricText('compared_auc', 0.9)).toBe('0.9000');
  });
  it('leaves what it does not know as it is: a script may count', () => {
    expect(metricText('rows_dropped', 12)).toBe('12');
  });
  it('has a dash for what could not be measured', () => expect(metricText('auc', null)).toBe('–'));
});
