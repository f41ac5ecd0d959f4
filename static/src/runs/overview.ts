/** The first look at a run: what it is about, what it measured and was set to, where it came from, what people say. */

import { number } from '../app/format';
import { columnsOf, profileWords, sourceFacts, sourceWords, type About, type DatasetUse, type LoggedModel, type Registered } from './about';
import { commentsView } from './comments';
import { descriptionView, type NoteContext } from './description';
import { h, icon, replace } from './dom';
import { SYSTEM } from './machine';
import { metricText } from './metricNames';
import { nestedView, type NestedView } from './nested';
import { modelAddress } from './outputs';
import type { RunRecord } from './record';
import { tagsView } from './tags';

export interface OverviewContext extends NoteContext {
  home: string;
  /** /api/v1/w/<workspace>/runs */
  base: string;
  run_id: string;
  mayTidy: boolean;
  isTracked: boolean;
  runAddress: (id: string) => string;
  openTab: (id: string) => void;
}

export interface Overview {
  description: HTMLElement;
  element: HTMLElement;
  show: (record: RunRecord, about: About, models: readonly Registered[], logged: readonly LoggedModel[]) => void;
  /** People have written something. */
  wakeNotes: () => void;
  /** Something moves below this run, perhaps. */
  tick: () => void;
}

const MOST_SHOWN = 12;

export function overview(context: OverviewContext): Overview {
  const description = descriptionView(context);
  const tags = tagsView(context);
  const comments = commentsView(context);
  const metrics = h('section', { class: 'card mb-3', 'aria-label': 'Metrics' });
  const params = h('section', { class: 'card mb-3', 'aria-label': 'Parameters' });
  const source = h('section', { class: 'card mb-3', 'aria-label': 'Where it came from' });
  const datasets = h('section', { class: 'card mb-3', 'aria-label': 'Data sets' });
  const models = h('section', { class: 'card mb-3', 'aria-label': 'Models' });
  const nestedPlace = h('div');
  let nested: NestedView | null = null;
  let known = -1;
  const shown = new Map<HTMLElement, string>();

  const put = (element: HTMLElement, signature: unknown, make: () => HTMLElement[] | null): void => {
    const now = JSON.stringify(signature);
    if (shown.get(element) === now) return;
    shown.set(element, now);
    const made = make();
    element.hidden = !made;
    replace(element, ...(made ?? []));
  };

  const element = h('div', { class: 'studio-about' }, h('div', { class: 'studio-about-main' }, metrics, params, nestedPlace, comments.element), h('div', { class: 'studio-about-side' }, source, tags.element, datasets, models));

  return {
    description: description.element,
    element,
    wakeNotes: comments.wake,
    tick: () => nested?.isBusy() && nested.refresh(),
    show: (record, about, registered, logged) => {
      description.show(about);
      tags.show(about);
      comments.show(about);
      // Those of steps stand at the steps.
      const own = record.metrics.filter((metric) => metric.run_id === record.run_id && !metric.key.startsWith(SYSTEM));
      put(metrics, own.slice(0, MOST_SHOWN + 1).map((metric) => [metric.key, metric.last, metric.count]), () => (own.length ? facts('Metrics', own.map((metric) => [metric.key, metricText(metric.key, metric.last)]), () => context.openTab('metrics'), own.length) : null));
      const settings = record.params.filter((param) => param.run_id === record.run_id);
      put(params, settings.slice(0, MOST_SHOWN + 1), () => (settings.length ? facts('Parameters', settings.map((param) => [param.key, param.value]), () => context.openTab('parameters'), settings.length) : null));
      put(source, [about.told, about.experiment, about.above], () => sourceCard(about, context));
      put(datasets, about.datasets, () => (about.datasets.length ? [head('Data sets'), h('div', { class: 'list-group list-group-flush' }, ...about.datasets.map(dataset))] : null));
      put(models, [registered, logged], () => modelCard(registered, logged, context));
      if (about.nested !== known) {
        known = about.nested;
        if (known && !nested) replace(nestedPlace, (nested = nestedView(context.base, context.run_id, context.runAddress)).element);
        else nested?.refresh();
      }
    },
  };
}

function head(title: string, ...more: (HTMLElement | null)[]): HTMLElement {
  return h('div', { class: 'card-header py-2' }, h('h2', { class: 'card-title fs-4 flex-fill' }, title), ...more);
}

function facts(title: string, rows: [string, string][], all: () => void, count: number): HTMLElement[] {
  return [
    head(title, count > MOST_SHOWN ? h('button', { type: 'button', class: 'btn btn-sm btn-ghost-secondary', onclick: all }, `All ${number(count)}`) : null),
    h('div', { class: 'table-responsive' }, h('table', { class: 'table table-sm card-table' }, h('tbody', {}, ...rows.slice(0, MOST_SHOWN).map(([key, value]) => h('tr', {}, h('th', { scope: 'row', class: 'fw-normal text-secondary studio-name studio-fact-key' }, key), h('td', { class: 'font-monospace studio-name' }, h('div', { class: 'studio-clamp', title: value.length > 80 ? value.slice(0, 2000) : undefined }, value))))))),
  ];
}

function sourceCard(about: About, context: OverviewContext): HTMLElement[] | null {
  const told = sourceFacts(about.told);
  const rows: (HTMLElement | null)[] = [
    about.experiment ? row('Experiment', h('a', { href: `${context.home}/runs/?e=${about.experiment.id}` }, about.experiment.name)) : null,
    about.above.length ? row('Nested in', h('span', {}, ...about.above.flatMap((one, at) => [at ? ' › ' : '', h('a', { href: context.runAddress(one.run_id) }, one.name)]))) : null,
    ...told.map((fact) => row(fact.title, h('span', { class: fact.code ? 'font-monospace small' : '' }, fact.value))),
  ];
  const filled = rows.filter((one) => one !== null);
  if (!filled.length) return null;
  return [head('Where it came from'), h('dl', { class: 'card-body studio-pairs' }, ...filled.flatMap((one) => [...one.children]))];
}

function row(title: string, value: HTMLElement): HTMLElement {
  return h('div', {}, h('dt', {}, title), h('dd', { class: 'studio-name' }, value));
}

function dataset(use: DatasetUse): HTMLElement {
  const columns = columnsOf(use.schema);
  const lies = sourceWords(use.source);
  const words = [profileWords(use.profile), columns.length ? `${number(columns.length)} columns` : ''].filter(Boolean).join(', ');
  return h(
    'div',
    { class: 'list-group-item' },
    h('div', { class: 'd-flex gap-2 align-items-baseline' }, icon('table', 'text-secondary'), h('span', { class: 'fw-medium studio-name flex-fill' }, use.name), use.context && h('span', { class: 'badge bg-azure-lt' }, use.context)),
    h('div', { class: 'text-secondary small studio-name' }, [words, use.digest ? `digest ${use.digest}` : ''].filter(Boolean).join(' · ')),
    lies && h('div', { class: 'small font-monospace studio-name studio-clamp', title: lies }, lies),
    columns.length
      ? h('details', { class: 'small mt-1' }, h('summary', {}, 'Columns'), h('div', { class: 'studio-dataset-columns' }, ...columns.slice(0, 300).map((column) => h('div', {}, h('span', { class: 'studio-name' }, column.name || '–'), ' ', h('span', { class: 'text-secondary' }, column.type)))), columns.length > 300 && h('div', { class: 'text-secondary' }, `and ${number(columns.length - 300)} more`))
      : null,
  );
}

function modelCard(registered: readonly Registered[], logged: readonly LoggedModel[], context: OverviewContext): HTMLElement[] | null {
  if (!registered.length && !logged.length) return null;
  return [
    head('Models'),
    h(
      'div',
      { class: 'list-group list-group-flush' },
      ...registered.map((model) => h('a', { class: 'list-group-item list-group-item-action', href: modelAddress(context.workspace, model) }, icon('package', 'me-2 text-secondary'), h('span', { class: 'studio-name' }, model.name), h('span', { class: 'text-secondary' }, ` version ${model.number}`))),
      ...logged.map((model) =>
        h(
          'button',
          { type: 'button', class: 'list-group-item list-group-item-action text-start', onclick: () => context.openTab(model.direction === 'output' ? `artifacts:${model.model_id}/` : 'lineage') },
          icon('box', 'me-2 text-secondary'),
          h('span', { class: 'studio-name' }, model.name),
          h('span', { class: 'text-secondary' }, model.direction === 'output' ? ' logged' : ' read'),
          model.status === 'LOGGED_MODEL_PENDING' ? h('span', { class: 'badge bg-orange-lt ms-2' }, 'being uploaded') : null,
          model.status === 'LOGGED_MODEL_UPLOAD_FAILED' ? h('span', { class: 'badge bg-red-lt ms-2' }, 'upload failed') : null,
        ),
      ),
    ),
  ];
}
