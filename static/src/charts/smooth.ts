/** Moving averages as people know them from TensorBoard, and one that weighs by distance. Pure. */

export type Smoother = 'points' | 'distance';

/** How much the weight of the average by distance spans: a thousandth of what is shown is one step of it. */
const STEPS_SHOWN = 1000;

/**
 * The exponential moving average, with the start not drawn towards zero (debiased). `weight` is in [0, 1).
 * `stride` is how many logged values each given value stands for: a reduced series is then as smooth as the full one. As
 * smallest and largest take turns in it, the middle of two neighbours is averaged.
 * What is not finite stays as it is and does not count.
 */
export function movingAverage(values: Float64Array, weight: number, stride = 1): Float64Array {
  const smooth = new Float64Array(values.length);
  const kept = weight ** Math.max(1, stride);
  let sum = 0;
  let debias = 1;
  let before = NaN;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at];
    if (!Number.isFinite(value)) {
      smooth[at] = value;
      continue;
    }
    const taken = stride > 1 && !Number.isNaN(before) ? (before + value) / 2 : value;
    before = value;
    sum = sum * kept + (1 - kept) * taken;
    debias *= kept;
    smooth[at] = sum / (1 - debias);
  }
  return smooth;
}

/**
 * The same with weights by the distance on the x axis, for values that come in bursts: what was long ago counts less,
 * however few values came since. `span` is the width of the shown axis.
 */
export function averageByDistance(x: Float64Array, values: Float64Array, weight: number, span: number): Float64Array {
  const smooth = new Float64Array(values.length);
  const kept = Math.min(Math.sqrt(weight), 0.999);
  let sum = 0;
  let weights = 0;
  let before = NaN;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at];
    if (!Number.isFinite(value)) {
      smooth[at] = value;
      continue;
    }
    const steps = Number.isNaN(before) || !(span > 0) ? 1 : (Math.abs(x[at] - before) / span) * STEPS_SHOWN;
    const fading = kept ** steps;
    sum = sum * fading + value;
    weights = weights * fading + 1;
    smooth[at] = sum / weights;
    before = x[at];
  }
  return smooth;
}

export function smoothed(x: Float64Array, y: Float64Array, how: { smoother: Smoother; smoothing: number; stride: number; span: number }): Float64Array {
  if (!(how.smoothing > 0)) return y;
  const weight = Math.min(how.smoothing, 0.999);
  return how.smoother === 'distance' ? averageByDistance(x, y, weight, how.span) : movingAverage(y, weight, how.stride);
}
