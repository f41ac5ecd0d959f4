/** What a binary model decides at a threshold, from the counts that Evaluate Model leaves for each one. No DOM here. */

export interface Thresholds {
  threshold: number[];
  tp: number[];
  fp: number[];
  tn: number[];
  fn: number[];
}

export interface Decision {
  threshold: number;
  tp: number;
  fp: number;
  tn: number;
  fn: number;
  accuracy: number | null;
  precision: number | null;
  recall: number | null;
  f1: number | null;
  specificity: number | null;
}

/**
 * The decision "positive from `wanted` upwards". The rows that are positive at a threshold between two known ones are
 * those of the next higher one, so that is the one that is read; above the highest, nothing is positive.
 */
export function decide(all: Thresholds, wanted: number): Decision {
  const at = indexFor(all.threshold, wanted);
  const positives = all.tp.length ? all.tp[0] + all.fn[0] : 0;
  const negatives = all.tp.length ? all.fp[0] + all.tn[0] : 0;
  const [tp, fp, tn, fn] =
    at === null ? [0, 0, negatives, positives] : [all.tp[at], all.fp[at], all.tn[at], all.fn[at]];
  return {
    threshold: wanted,
    tp,
    fp,
    tn,
    fn,
    accuracy: ratio(tp + tn, tp + tn + fp + fn),
    precision: ratio(tp, tp + fp),
    recall: ratio(tp, tp + fn),
    f1: ratio(2 * tp, 2 * tp + fp + fn),
    specificity: ratio(tn, tn + fp),
  };
}

/** The position of the smallest known threshold that is not below `wanted`, whichever way the list is sorted. */
function indexFor(thresholds: number[], wanted: number): number | null {
  let best: number | null = null;
  thresholds.forEach((value, index) => {
    if (value >= wanted - 1e-12 && (best === null || value < thresholds[best])) best = index;
  });
  return best;
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}
