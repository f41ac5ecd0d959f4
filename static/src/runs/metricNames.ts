/** What the metrics of an evaluation are called and which way is better. The order is the order on the page. */

import { measure, number } from '../app/format';

export interface Metric {
  title: string;
  better: 'higher' | 'lower' | null;
  help: string;
}

export const METRICS: Record<string, Metric> = {
  auc: { title: 'AUC', better: 'higher', help: 'Chance that a positive row is ranked above a negative one; 0.5 is guessing.' },
  accuracy: { title: 'Accuracy', better: 'higher', help: 'Share of rows that were called right.' },
  precision: { title: 'Precision', better: 'higher', help: 'Share of the rows called positive that are.' },
  recall: { title: 'Recall', better: 'higher', help: 'Share of the positive rows that were found.' },
  f1: { title: 'F1 score', better: 'higher', help: 'Harmonic mean of precision and recall.' },
  average_precision: { title: 'Average precision', better: 'higher', help: 'Area under the precision-recall curve.' },
  log_loss: { title: 'Log loss', better: 'lower', help: 'How far the probabilities are from what happened.' },
  brier: { title: 'Brier score', better: 'lower', help: 'Mean squared error of the probabilities.' },
  r2: { title: 'R²', better: 'higher', help: 'Share of the variance that is explained; 1 is perfect, 0 is predicting the mean.' },
  rmse: { title: 'Root mean squared error', better: 'lower', help: 'In units of the label; large errors count more.' },
  mae: { title: 'Mean absolute error', better: 'lower', help: 'In units of the label.' },
  rae: { title: 'Relative absolute error', better: 'lower', help: 'Against always predicting the mean; below 1 is better than that.' },
  rse: { title: 'Relative squared error', better: 'lower', help: 'Against always predicting the mean; below 1 is better than that.' },
  mape: { title: 'Mean absolute percentage error', better: 'lower', help: 'Relative to the actual values.' },
  silhouette: { title: 'Silhouette', better: 'higher', help: 'How much nearer rows are to their own cluster than to the next; from -1 to 1.' },
};

export function titleOf(key: string): string {
  if (METRICS[key]) return METRICS[key].title;
  // Of the second model, where two are evaluated side by side.
  if (key.startsWith('compared_')) return `Compared: ${titleOf(key.slice('compared_'.length))}`;
  const words = key.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A known metric with fixed digits; of others nobody knows whether they count or measure. What is no finite number is
 *  a word already. */
export function metricText(key: string, value: number | string | null | undefined): string {
  if (typeof value === 'string') return value;
  return (key.replace(/^compared_/, '') in METRICS ? measure : number)(value);
}

/** Which of the values is the best one; null where none is, or where nobody can say which way is better. */
export function bestOf(key: string, values: readonly (number | null)[]): number | null {
  const way = METRICS[key]?.better;
  if (!way) return null;
  let best: number | null = null;
  values.forEach((value, at) => {
    if (value === null) return;
    const champion = best === null ? null : values[best];
    if (champion === null || (way === 'higher' ? value > champion : value < champion)) best = at;
  });
  return best !== null && values.filter((value) => value === values[best!]).length === 1 ? best : null;
}
