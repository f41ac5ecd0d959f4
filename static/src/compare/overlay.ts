/** Evaluations of several runs in one picture: curves over each other, confusion beside confusion and its difference. Pure. */

import type { Evaluation } from '../runs/evaluation';
import type { TitledFigure } from '../runs/figure';
import { decide } from '../runs/threshold';

export interface Judged {
  /** What it is called in legends: the run, and the model where a run judged several. */
  name: string;
  run_id: string;
  color: string;
  evaluation: Evaluation;
}

export interface Confusion {
  name: string;
  run_id: string;
  model: string;
  labels: string[];
  matrix: number[][];
}

/** Figures that mean the same whatever model drew them: their lines can lie over each other. */
const OVERLAID = ['roc', 'precision-recall', 'lift', 'calibration'];
const DASHES = ['solid', 'dash', 'dot', 'dashdot', 'longdash'];

interface Trace extends Record<string, unknown> {
  name?: string;
  line?: Record<string, unknown>;
}

export function overlays(judged: readonly Judged[]): TitledFigure[] {
  const ids = [...new Set(judged.flatMap(({ evaluation }) => evaluation.figures.map((figure) => figure.id)))];
  return OVERLAID.flatMap((kind) => ids.filter((id) => id.replaceAll('_', '-') === kind)).flatMap((id) => {
    const having = judged.filter(({ evaluation }) => evaluation.figures.some((figure) => figure.id === id));
    const made = overlaid(id, having);
    return made ? [made] : [];
  });
}

function overlaid(id: string, judged: readonly Judged[]): TitledFigure | null {
  const first = judged[0]?.evaluation.figures.find((figure) => figure.id === id);
  if (!first) return null;
  const guides = new Map<string, Trace>();
  const lines: Trace[] = [];
  const rows: NonNullable<TitledFigure['table']>['rows'] = [];
  for (const { name, color, evaluation } of judged) {
    const figure = evaluation.figures.find((one) => one.id === id)!;
    const models = new Set(evaluation.models.map((model) => model.name));
    let model = 0;
    for (const trace of figure.figure.data as Trace[]) {
      // Guides (guessing, perfect) are the same for everybody.
      if (!models.has(String(trace.name))) {
        guides.set(String(trace.name), trace);
        continue;
      }
      lines.push({ ...trace, name: models.size > 1 ? `${name} · ${trace.name}` : name, line: { ...trace.line, color, dash: DASHES[model % DASHES.length] } });
      model += 1;
    }
    for (const row of figure.table?.rows ?? []) rows.push([name, ...row]);
  }
  return {
    id: `compared-${id}`,
    title: first.title,
    figure: { data: [...guides.values(), ...lines], layout: { ...first.figure.layout, showlegend: true } },
    table: first.table && { columns: ['Run', ...first.table.columns], rows },
  };
}

/** What each model confused with what; of two classes, as decided at the threshold. */
export function confusions(judged: readonly Judged[], threshold: number): Confusion[] {
  return judged.flatMap(({ name, run_id, evaluation }) =>
    evaluation.models.flatMap((model): Confusion[] => {
      const called = evaluation.models.length > 1 ? `${name} · ${model.name}` : name;
      const who = { name: called, run_id, model: model.name };
      if (model.confusion) return [{ ...who, ...model.confusion }];
      if (!model.thresholds) return [];
      const { tp, fn, fp, tn } = decide(model.thresholds, threshold);
      return [{ ...who, labels: ['positive', 'negative'], matrix: [[tp, fn], [fp, tn]] }]; // prettier-ignore
    }),
  );
}

/** What one is measured against: the base run's model of the same name, else its only one. Null for the base itself. */
export function baseOf(one: Confusion, all: readonly Confusion[]): Confusion | null {
  const base = all[0];
  if (!base || one.run_id === base.run_id) return null;
  const ofBase = all.filter((other) => other.run_id === base.run_id);
  return ofBase.find((other) => other.model === one.model) ?? (ofBase.length === 1 ? base : null);
}

/** Shares of each row, as runs may have judged different numbers of rows. */
export function shares(matrix: readonly (readonly number[])[]): number[][] {
  return matrix.map((row) => {
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map((count) => (sum ? count / sum : 0));
  });
}

/** Other minus base, in shares of each actual class, over the labels of both; null where the base has none of it. */
export function confusionDifference(base: Confusion, other: Confusion): { labels: string[]; matrix: (number | null)[][] } {
  const labels = [...new Set([...base.labels, ...other.labels])];
  const [one, two] = [base, other].map((confusion) => {
    const share = shares(confusion.matrix);
    return (actual: string, predicted: string): number | null => {
      const [row, column] = [confusion.labels.indexOf(actual), confusion.labels.indexOf(predicted)];
      if (row < 0) return null;
      return column < 0 ? 0 : share[row][column];
    };
  });
  const matrix = labels.map((actual) =>
    labels.map((predicted) => {
      const [from, to] = [one(actual, predicted), two(actual, predicted)];
      return from === null || to === null ? null : to - from;
    }),
  );
  return { labels, matrix };
}
