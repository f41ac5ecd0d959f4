/** Panels that nobody asked for: where five runs or more differ in their parameters and share a metric, what made the
 *  difference is the first question. Pure. */

import { field, type Named } from './fields';
import type { Added, WallState } from './state';

export type Proposed = Added;

const LEAST_RUNS = 5;
/** An axis more tells less. */
const MOST_AXES = 7;

export function proposedFor(named: Named, runs: number, state: WallState): Proposed[] {
  if (!state.proposals || runs < LEAST_RUNS) return [];
  const params = named.params.filter((param) => param.runs >= LEAST_RUNS && param.distinct > 1);
  const metric = objective(named, runs);
  if (!params.length || !metric) return [];
  // What nearly every run has says more than what a few have; of those, what was varied most.
  const chosen = [...params].sort((one, other) => other.runs - one.runs || other.distinct - one.distinct).slice(0, MOST_AXES);
  const result = field('metric', metric.key, 'best');
  const of = (id: string, kind: Added['kind'], rest: Partial<Added>): Added => ({ id: `proposed:${id}`, kind, title: '', list: [], fields: {}, axes: {}, ...rest });
  // What takes few values is told apart by boxes; what takes many is seen in a scatter plot.
  const fewest = [...chosen].sort((one, other) => one.distinct - other.distinct)[0];
  return [
    of('parallel', 'parallel', { list: [...chosen.map((param) => field('param', param.key)), result], fields: { color: result } }),
    of('importance', 'importance', { fields: { metric: result } }),
    of('scatter', 'scatter', { fields: { x: field('param', chosen[0].key), y: result, ...(chosen[1] && { color: field('param', chosen[1].key) }) } }),
    of('boxes', 'boxes', { fields: { metric: result, by: field('param', fewest.key) } }),
    // What was measured once is bars among the metrics.
    ...(metric.values > 1 ? [of('bars', 'bars', { fields: { metric: result } })] : []),
  ];
}

/** The metric that is most likely what the runs were for: one that most of them have, of validation data, a known name. */
export function objective(named: Named, runs: number): Named['metrics'][number] | null {
  const shared = named.metrics.filter((metric) => metric.runs >= Math.max(LEAST_RUNS, runs / 2) && !/^system\//.test(metric.key));
  const score = (key: string): number =>
    (/\b(val|valid|validation|eval|test|cv)\b|^(val|valid|eval|test|cv)_|_(val|valid|test)$/i.test(key) ? 4 : 0) +
    (/auc|accuracy|acc\b|f1|r2|score|map\b|bleu|reward/i.test(key) ? 2 : 0) +
    (/loss|error|rmse|mae|perplexity/i.test(key) ? 1.5 : 0) -
    (/train/i.test(key) ? 2 : 0) -
    (/time|seconds|epoch|step|lr|learning_rate|memory/i.test(key) ? 5 : 0);
  return shared.sort((one, other) => score(other.key) - score(one.key) || other.runs - one.runs || (one.key < other.key ? -1 : 1))[0] ?? null;
}
