/** What the runs' evaluations say, over each other: ROC and precision-recall curves, confusion and its difference. */

import '../runs/evaluation.css';

import { api, sentence } from '../app/api';
import { number } from '../app/format';
import { colorOf } from '../charts/colors';
import { empty, h, icon, replace } from '../runs/dom';
import type { Evaluation } from '../runs/evaluation';
import { figureCard } from '../runs/figure';
import { baseOf, type Confusion, confusionDifference, confusions, type Judged, overlays, shares } from './overlay';
import type { Part, PartContext, Seen } from './page';

/** Each is a file of some hundred kilobytes; more lines than this nobody tells apart. */
const MOST = 20;

export function evaluationTab(context: PartContext): Part {
  const notice = h('div', {});
  const figures = h('div', { class: 'studio-figures' });
  const below = h('div', {});
  const slider = h('input', { type: 'range', class: 'form-range', min: 0, max: 1, step: 0.01, value: 0.5, id: 'cmp-threshold' });
  const shownThreshold = h('output', { class: 'font-monospace', for: 'cmp-threshold' });
  const threshold = h('div', { class: 'card card-body mb-3', hidden: true }, h('label', { class: 'form-label', for: 'cmp-threshold' }, 'Call it positive from a probability of ', shownThreshold), slider);
  const matrices = h('div', { class: 'cmp-matrices' });
  replace(below, threshold, matrices);
  const element = h('div', { class: 'studio-evaluation' }, notice, figures, below);
  const known = new Map<string, Promise<Evaluation>>();
  let stops: (() => void)[] = [];
  let read = '';
  let asked = 0;
  let judged: Judged[] = [];

  const showMatrices = (): void => {
    const at = Number(slider.value);
    shownThreshold.textContent = at.toFixed(2);
    threshold.hidden = !judged.some(({ evaluation }) => evaluation.models.some((model) => model.thresholds));
    const all = confusions(judged, at);
    replace(matrices, ...all.map((one) => confusionCard(one, baseOf(one, all), one.run_id === all[0].run_id)));
  };
  slider.addEventListener('input', showMatrices);

  return {
    element,
    show: ({ compared, runs }: Seen) => {
      const place = new Map(compared.runs.map((run, at) => [run.run_id, at]));
      const all = runs.flatMap((run) => compared.evaluations.filter((one) => one.run === place.get(run.run_id)).map((one) => ({ run, one })));
      const wanted = all.slice(0, MOST);
      const signature = JSON.stringify(wanted.map(({ run, one }) => [run.name, one]));
      if (signature === read) return;
      read = signature;
      const mine = (asked += 1);
      const several = (id: string): boolean => wanted.filter(({ run }) => run.run_id === id).length > 1;
      Promise.all(
        wanted.map(async ({ run, one }): Promise<Judged> => {
          const address = `/api/v1/w/${encodeURIComponent(context.workspace)}/runs/${one.run_id}/outputs/${encodeURIComponent(one.port)}/evaluation`;
          if (!known.has(address)) known.set(address, api<Evaluation>('GET', address));
          known.get(address)!.catch(() => known.delete(address));
          // Runs of one pipeline bear one name: the beginning of the id tells them apart.
          const alike = runs.filter((other) => other.name === run.name).length > 1;
          const name = `${run.name}${alike ? ` ${run.run_id.slice(0, 6)}` : ''}${several(run.run_id) ? ` · ${one.name}` : ''}`;
          return { name, run_id: run.run_id, color: colorOf(run.run_id), evaluation: await known.get(address)! };
        }),
      )
        .then((found) => {
          if (mine !== asked) return;
          judged = found;
          for (const stop of stops) stop();
          const cards = overlays(found).map(figureCard);
          stops = cards.map((card) => card.stop);
          replace(figures, ...cards.map((card) => card.element));
          replace(
            notice,
            all.length > wanted.length && h('div', { class: 'alert alert-info' }, `${number(wanted.length)} of ${number(all.length)} evaluations are drawn. Take runs out of the comparison to see others.`),
            !found.length && empty('No evaluation', 'Runs of pipelines with Evaluate Model have one when they are done.'),
            found.length > 0 && !cards.length && h('p', { class: 'text-secondary' }, 'These evaluations have no curves that could lie over each other.'),
          );
          showMatrices();
        })
        .catch((error: unknown) => {
          if (mine !== asked) return;
          read = '';
          replace(notice, h('div', { class: 'alert alert-danger', role: 'alert' }, sentence(error)));
        });
    },
  };
}

function confusionCard(confusion: Confusion, base: Confusion | null, isBase: boolean): HTMLElement {
  const share = shares(confusion.matrix);
  const cells = confusion.matrix.map((row, actual) =>
    row.map((count, predicted) => cellOf(number(count), `${(100 * share[actual][predicted]).toFixed(1)} %`, share[actual][predicted], actual === predicted)),
  );
  const title = isBase ? `${confusion.name} (base)` : confusion.name;
  return h(
    'section',
    { class: 'card', 'aria-label': `Confusion of ${title}` },
    h('div', { class: 'card-header py-2' }, h('h3', { class: 'card-title text-break' }, title)),
    h('div', { class: 'card-body table-responsive', tabindex: '0' }, matrixTable(`Confusion of ${title}`, confusion.labels, cells), base && differenceTable(base, confusion)),
  );
}

function differenceTable(base: Confusion, other: Confusion): HTMLElement {
  const { labels, matrix } = confusionDifference(base, other);
  const cells = matrix.map((row, actual) =>
    row.map((by, predicted) => {
      if (by === null) return h('td', { class: 'studio-cell' }, '–');
      const points = `${by > 0 ? '+' : by < 0 ? '−' : ''}${Math.abs(100 * by).toFixed(1)}`;
      const better = actual === predicted ? by > 0 : by < 0;
      return cellOf(points, by === 0 ? 'as the base' : better ? 'better' : 'worse', Math.min(1, Math.abs(by) * 4), better, by === 0);
    }),
  );
  return h('div', { class: 'mt-3' }, h('h4', { class: 'mb-1 text-break' }, icon('arrows-diff', 'me-1'), `Against ${base.name}, in percentage points`), matrixTable(`Difference of ${other.name} against the base`, labels, cells));
}

function cellOf(value: string, note: string, share: number, right: boolean, plain = false): HTMLElement {
  const cell = h('td', { class: `studio-cell ${plain ? '' : right ? 'is-right' : 'is-wrong'}` }, h('div', { class: 'font-monospace' }, value), h('div', { class: 'small' }, note));
  cell.style.setProperty('--share', String(share));
  return cell;
}

function matrixTable(label: string, labels: string[], cells: HTMLElement[][]): HTMLElement {
  return h(
    'table',
    { class: 'studio-confusion', 'aria-label': label },
    h('thead', {}, h('tr', {}, h('th', { scope: 'col', class: 'text-secondary fw-normal' }, 'Actual ↓ Predicted →'), ...labels.map((one) => h('th', { scope: 'col', class: 'text-break' }, one)))),
    h('tbody', {}, ...cells.map((row, at) => h('tr', {}, h('th', { scope: 'row', class: 'text-break' }, labels[at]), ...row))),
  );
}
