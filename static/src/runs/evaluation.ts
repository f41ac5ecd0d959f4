/**
 * What Evaluate Model found: metrics side by side, decisions at a threshold, confusion, and every figure.
 * `mountEvaluation(element, evaluation)` gives the function that takes it all away.
 */

import './evaluation.css';

import { number } from '../app/format';
import { h, replace } from './dom';
import { figureCard, type TitledFigure } from './figure';
import { bestOf, METRICS, metricText, titleOf } from './metricNames';
import { decide, type Decision, type Thresholds } from './threshold';

export interface Evaluation {
  format: number;
  task: 'binary' | 'multiclass' | 'regression' | 'clustering';
  models: {
    name: string;
    metrics: Record<string, number | null>;
    thresholds?: Thresholds;
    confusion?: { labels: string[]; matrix: number[][] };
  }[];
  figures: TitledFigure[];
}

export interface EvaluationOptions {
  threshold?: number;
  onThreshold?: (threshold: number) => void;
}

export function mountEvaluation(element: HTMLElement, evaluation: Evaluation, options: EvaluationOptions = {}): () => void {
  const series = evaluation.models.map((model) => model.name);
  const cards = evaluation.figures.map((one) => figureCard({ ...one, figure: { ...one.figure, series } }));
  replace(
    element,
    metricsCard(evaluation),
    evaluation.models.some((model) => model.thresholds) && thresholdCard(evaluation, options),
    ...confusionCards(evaluation),
    h('div', { class: 'studio-figures' }, ...cards.map((card) => card.element)),
  );
  element.classList.add('studio-evaluation');
  return () => {
    for (const card of cards) card.stop();
    element.replaceChildren();
  };
}

function metricsCard({ models }: Evaluation): HTMLElement {
  const present = new Set(models.flatMap((model) => Object.keys(model.metrics)));
  const keys = [...Object.keys(METRICS).filter((key) => present.has(key)), ...[...present].filter((key) => !(key in METRICS)).sort()];
  const compared = models.length > 1;
  const rows = keys.map((key) => {
    const values = models.map((model) => model.metrics[key] ?? null);
    const best = compared ? bestOf(key, values) : null;
    return h(
      'tr',
      {},
      h('th', { scope: 'row', class: 'fw-normal', title: METRICS[key]?.help }, titleOf(key)),
      ...values.map((value, at) =>
        h(
          'td',
          { class: `text-end font-monospace ${best === at ? 'fw-bold' : ''}` },
          metricText(key, value),
          best === at && h('span', { class: 'visually-hidden' }, ' (better)'),
          best === at && h('i', { class: 'ti ti-trophy ms-1', 'aria-hidden': 'true', title: 'The better one' }),
        ),
      ),
    );
  });
  return h(
    'section',
    { class: 'card', 'aria-label': 'Metrics' },
    h('div', { class: 'card-header py-2' }, h('h3', { class: 'card-title' }, 'Metrics')),
    h(
      'div',
      { class: 'table-responsive' },
      h(
        'table',
        { class: 'table table-sm card-table table-vcenter' },
        h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Metric'), ...models.map((model) => h('th', { scope: 'col', class: 'text-end text-break' }, model.name)))),
        h('tbody', {}, ...rows),
      ),
    ),
  );
}

function thresholdCard({ models }: Evaluation, options: EvaluationOptions): HTMLElement {
  const start = options.threshold ?? 0.5;
  const slider = h('input', {
    type: 'range', class: 'form-range', min: 0, max: 1, step: 0.01, value: start, id: unique('threshold'),
  });
  const shown = h('output', { class: 'font-monospace', for: slider.id });
  const results = h('div', { class: 'row g-3 mt-1', 'aria-live': 'polite' });
  const update = (): void => {
    const threshold = Number(slider.value);
    shown.textContent = threshold.toFixed(2);
    replace(
      results,
      ...models.filter((model) => model.thresholds).map((model) => decisionColumn(model.name, decide(model.thresholds!, threshold))),
    );
  };
  slider.addEventListener('input', update);
  slider.addEventListener('change', () => options.onThreshold?.(Number(slider.value)));
  update();
  return h(
    'section',
    { class: 'card', 'aria-label': 'Threshold' },
    h('div', { class: 'card-header py-2' }, h('h3', { class: 'card-title' }, 'Decisions at a threshold')),
    h(
      'div',
      { class: 'card-body' },
      h('label', { class: 'form-label', for: slider.id }, 'Call it positive from a probability of ', shown),
      slider,
      results,
    ),
  );
}

function decisionColumn(name: string, decision: Decision): HTMLElement {
  const cell = (count: number, label: string, right: boolean): HTMLElement =>
    h('td', { class: `studio-cell ${right ? 'is-right' : 'is-wrong'}` }, h('div', { class: 'fs-3 font-monospace' }, number(count)), h('div', { class: 'small' }, label));
  const measures: [string, number | null][] = [
    ['Accuracy', decision.accuracy], ['Precision', decision.precision], ['Recall', decision.recall], ['F1 score', decision.f1],
  ];
  return h(
    'div',
    { class: 'col-12 col-lg' },
    h('h4', { class: 'text-break' }, name),
    h(
      'table',
      { class: 'studio-confusion', 'aria-label': `Confusion matrix of ${name} at ${decision.threshold.toFixed(2)}` },
      h('thead', {}, h('tr', {}, h('td', {}), h('th', { scope: 'col' }, 'Predicted positive'), h('th', { scope: 'col' }, 'Predicted negative'))),
      h(
        'tbody',
        {},
        h('tr', {}, h('th', { scope: 'row' }, 'Actually positive'), cell(decision.tp, 'true positives', true), cell(decision.fn, 'false negatives', false)),
        h('tr', {}, h('th', { scope: 'row' }, 'Actually negative'), cell(decision.fp, 'false positives', false), cell(decision.tn, 'true negatives', true)),
      ),
    ),
    h(
      'dl',
      { class: 'studio-measures' },
      ...measures.map(([title, value]) => h('div', {}, h('dt', {}, title), h('dd', { class: 'font-monospace' }, value === null ? '–' : value.toFixed(3)))),
    ),
  );
}

/** Where the confusion is drawn as a figure, which has its own table and exports, once is enough. */
function confusionCards({ models, figures }: Evaluation): HTMLElement[] {
  if (figures.some((figure) => figure.id.includes('confusion'))) return [];
  return models.flatMap((model) => (model.confusion ? [confusionCard(model.name, model.confusion)] : []));
}

function confusionCard(name: string, { labels, matrix }: { labels: string[]; matrix: number[][] }): HTMLElement {
  const rows = labels.map((label, actual) => {
    const sum = matrix[actual].reduce((a, b) => a + b, 0);
    const cells = matrix[actual].map((count, predicted) => {
      const share = sum ? count / sum : 0;
      const cell = h(
        'td',
        { class: `studio-cell ${actual === predicted ? 'is-right' : count ? 'is-wrong' : ''}`, title: `${number(count)} of ${number(sum)} rows that are ${label} were called ${labels[predicted]}` },
        h('div', { class: 'font-monospace' }, number(count)),
        h('div', { class: 'small' }, `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`),
      );
      cell.style.setProperty('--share', String(share));
      return cell;
    });
    return h('tr', {}, h('th', { scope: 'row', class: 'text-break' }, label), ...cells);
  });
  return h(
    'section',
    { class: 'card', 'aria-label': `Confusion matrix of ${name}` },
    h('div', { class: 'card-header py-2' }, h('h3', { class: 'card-title text-break' }, `Confusion matrix: ${name}`)),
    h(
      'div',
      { class: 'card-body table-responsive', tabindex: '0' },
      h(
        'table',
        { class: 'studio-confusion' },
        h('thead', {}, h('tr', {}, h('th', { scope: 'col', class: 'text-secondary fw-normal' }, 'Actual ↓ Predicted →'), ...labels.map((label) => h('th', { scope: 'col', class: 'text-break' }, label)))),
        h('tbody', {}, ...rows),
      ),
    ),
  );
}

let made = 0;
function unique(prefix: string): string {
  made += 1;
  return `${prefix}-${made}`;
}
