/** One run: its record, its news, and the tabs that show it. Everything chosen stands in the address. */

import { api, sentence } from '../app/api';
import { duration } from '../app/format';
import { toast } from '../app/toast';
import { subscribe, type NewsEvent } from '../live/news';
import { empty, h, replace } from './dom';
import { environmentView, paramsView } from './facts';
import { graphView, type Components, type Graph, type GraphView } from './graph';
import { logView, type LogView } from './logs';
import { metricsView, type MetricsView } from './metrics';
import { evaluationAt, modelAddress, outputsView, type OutputsView } from './outputs';
import { errorBox, panelView } from './panel';
import { apply, counted, elapsed, type RunRecord } from './record';
import { isOver, isUnfinished, stateBadge } from './states';
import { stepsView } from './steps';
import { tabs, type Tab } from './tabs';

interface PageData {
  detail: RunRecord;
  graph: Graph | null;
  components: Components;
  models: { name: string; number: number; run_id: string }[];
  mayRegister: boolean;
}

/** The least time between two readings of the whole run while news keep coming. */
const READ_EVERY = 1500;
const EVALUATES = ['evaluate-model', 'cross-validate'];

export function startPage(root: HTMLElement): void {
  const data = JSON.parse(document.getElementById('run-page')?.textContent ?? 'null') as PageData;
  const workspace = root.dataset.workspace ?? '';
  const home = `/w/${encodeURIComponent(workspace)}`;
  const base = `/api/v1${home}/runs`;
  const address = `${base}/${data.detail.run_id}`;
  const runAddress = (id: string): string => `${home}/runs/${id}/`;
  const graph = data.graph?.nodes.length ? data.graph : null;

  let record = data.detail;
  let models = data.models;
  const asked = new URL(location.href).searchParams;
  let chosen = asked.get('step');

  const names = new Map(graph?.nodes.map((node) => [node.id, node.title]) ?? []);
  const nameOf = (node: string): string => record.steps.find((step) => step.node_id === node)?.name || names.get(node) || record.name;
  const componentTitle = (component: string): string => data.components[component]?.title ?? component;
  const portTitle = (component: string, port: string): string => data.components[component]?.titles[port] ?? port;

  const choose = (node: string | null): void => {
    chosen = node === chosen ? null : node;
    remember('step', chosen ?? '');
    show();
    // Where the node does not fit beside the graph it stands below: lead the eye there.
    if (chosen && getComputedStyle(panel.element).position === 'static') panel.element.scrollIntoView({ block: 'nearest' });
  };

  // The parts. Those of other tabs than the first are made when somebody looks.
  const steps = stepsView(data.components, runAddress, choose);
  const panel = panelView({ base, runAddress, componentTitle, portTitle, openOutput, close: () => choose(null) });
  let drawing: GraphView | null = null;
  let outputs: OutputsView | null = null;
  let metrics: MetricsView | null = null;
  let allLogs: LogView | null = null;
  let params: ReturnType<typeof paramsView> | null = null;
  let environment: ReturnType<typeof environmentView> | null = null;
  let evaluations: { element: HTMLElement; shown: string; stop: () => void } | null = null;

  const all: Tab[] = [
    {
      id: 'overview',
      title: 'Overview',
      make: () => {
        if (!graph && !record.steps.length) {
          allLogs = logView({ address, merged: true, nameOf });
          return h('div', { class: 'card' }, h('div', { class: 'card-body' }, h('div', { 'data-progress': '' }), allLogs.element));
        }
        drawing = graph && graphView(graph, data.components, choose);
        return h(
          'div',
          { class: 'studio-overview' },
          h('div', { class: 'studio-overview-main' }, drawing && h('div', { class: 'card mb-3' }, drawing.element), h('div', { class: 'card' }, steps.element)),
          panel.element,
        );
      },
      shown: () => requestAnimationFrame(() => drawing?.fit()),
    },
    {
      id: 'evaluation',
      title: 'Evaluation',
      make: () => {
        evaluations = { element: h('div'), shown: '-', stop: () => {} };
        return evaluations.element;
      },
    },
    {
      id: 'outputs',
      title: 'Outputs',
      make: () => {
        outputs = outputsView(
          { base, workspace, portTitle, mayRegister: data.mayRegister, registered: () => models, changed: () => void read() },
          asked.get('output') ?? '',
          (key) => remember('output', key),
        );
        return outputs.element;
      },
    },
    { id: 'metrics', title: 'Metrics', make: () => (metrics = metricsView(base, nameOf, () => record.more.includes('metrics'))).element },
    { id: 'parameters', title: 'Parameters', make: () => (params = paramsView(nameOf)).element },
    {
      id: 'logs',
      title: 'Logs',
      make: () => {
        allLogs = logView({ address, merged: true, nameOf });
        return h('div', { class: 'card' }, h('div', { class: 'card-body studio-log-tall' }, allLogs.element));
      },
    },
    { id: 'environment', title: 'Environment', make: () => (environment = environmentView()).element },
  ];
  const evaluates = graph?.nodes.some((node) => EVALUATES.includes(node.component)) || record.steps.some((step) => step.outputs.some((output) => output.type === 'evaluation'));
  const hidden = new Set([...(evaluates ? [] : ['evaluation']), ...(graph || record.steps.length ? [] : ['outputs', 'logs', 'metrics', 'parameters'])]);
  const shownTabs = all.filter((tab) => !hidden.has(tab.id));

  // Before the tabs are made: making the first one asks whether it is there.
  let bar: ReturnType<typeof tabs> | null = null;
  bar = tabs(part(root, '[data-run-tabs]'), part(root, '[data-run-panels]'), shownTabs, asked.get('tab') ?? 'overview', (id) => {
    remember('tab', id === 'overview' ? '' : id);
    queueMicrotask(show);
  });

  function openOutput(key: string): void {
    remember('output', key);
    bar?.open('outputs');
    outputs?.open(key);
  }

  function show(): void {
    showHeader();
    drawing?.show(record.steps, chosen);
    steps.show(record.steps, chosen);
    panel.show(record, chosen);
    outputs?.show(record.steps);
    metrics?.show(record.metrics);
    params?.show(record.params, record.more.includes('params'));
    environment?.show(record.environment);
    showEvaluations();
    const progress = root.querySelector('[data-progress]');
    if (progress) replace(progress, ...progressBar());
  }

  function showHeader(): void {
    const { done, total, running, failed } = counted(record.steps);
    const fact = (name: string): Element | null => root.querySelector(`[data-fact="${name}"]`);
    const state = fact('state');
    if (state?.firstElementChild?.getAttribute('data-state') !== record.status) state?.replaceChildren(stateBadge(record.status));
    setText(fact('duration'), duration(elapsed(record, Date.now())));
    setText(fact('steps'), `${done} of ${total} done${running ? `, ${running} running` : ''}${failed ? `, ${failed} failed` : ''}`);
    root.querySelector<HTMLElement>('[data-fact-steps]')!.hidden = !total;
    root.querySelector<HTMLElement>('[data-fact-models]')!.hidden = !models.length;
    const made = JSON.stringify(models);
    const shownModels = fact('models') as HTMLElement | null;
    if (shownModels && shownModels.dataset.shown !== made) {
      shownModels.dataset.shown = made;
      replace(shownModels, ...models.map((model) => h('a', { class: 'me-2', href: modelAddress(workspace, model) }, `${model.name} version ${model.number}`)));
    }
    for (const element of document.querySelectorAll<HTMLElement>('[data-when]')) {
      const wanted = { active: ['queued', 'running'].includes(record.status), over: isOver(record.status), unfinished: isUnfinished(record.status) };
      element.hidden = !wanted[element.dataset.when as keyof typeof wanted];
    }
    const box = part(root, '[data-run-error]');
    const told = JSON.stringify(record.error);
    if (box.dataset.told !== told) {
      box.dataset.told = told;
      replace(box, record.error && errorBox(record.error, box.querySelector('details')?.open ?? false));
    }
  }

  function showEvaluations(): void {
    if (!evaluations) return;
    const found = record.steps.flatMap((step) => step.outputs.filter((output) => output.type === 'evaluation').map((output) => ({ step, output })));
    const signature = JSON.stringify(found.map(({ step, output }) => [step.run_id, output.port]));
    if (evaluations.shown === signature) return;
    evaluations.shown = signature;
    evaluations.stop();
    const stops: (() => void)[] = [];
    const sections = found.map(({ step, output }) => {
      const body = h('div');
      stops.push(evaluationAt(body, `${base}/${step.run_id}/outputs/${encodeURIComponent(output.port)}/evaluation`));
      return h('section', { class: 'mb-4', 'aria-label': step.name }, found.length > 1 ? h('h2', { class: 'studio-name fs-2' }, step.name) : null, body);
    });
    evaluations.stop = () => stops.forEach((stop) => stop());
    replace(evaluations.element, ...(sections.length ? sections : [h('div', { class: 'card' }, empty('No evaluation yet', isOver(record.status) ? 'The node that makes it did not finish.' : 'It appears here as soon as the node that makes it is done.'))]));
  }

  function progressBar(): (HTMLElement | null)[] {
    const { done, total, message } = record.progress;
    if (isOver(record.status) || typeof done !== 'number' || !total) return [];
    return [h('progress', { class: 'w-100', max: total, value: done, 'aria-label': message || 'Progress' }), h('p', { class: 'text-secondary' }, message ?? '')];
  }

  // Reading the whole run again: what news only hint at. One reading at a time, and never too often.
  let wanted = false;
  let reading = false;
  let heard: NewsEvent[] = [];
  async function read(): Promise<void> {
    wanted = true;
    if (reading) return;
    reading = true;
    while (wanted) {
      wanted = false;
      heard = [];
      const began = performance.now();
      try {
        const [fresh, made] = await Promise.all([api<RunRecord>('GET', address), api<{ results: PageData['models'] }>('GET', `${address}/models`)]);
        // What was told while the answer was on its way is newer than the answer.
        record = heard.filter((news) => news.event > fresh.last_event).reduce((now, news) => apply(now, news).record, fresh);
        models = made.results;
        show();
      } catch {
        // The studio restarts, perhaps; the next news asks again.
      }
      await new Promise((wait) => setTimeout(wait, Math.max(READ_EVERY, 5 * (performance.now() - began))));
    }
    reading = false;
  }

  subscribe('run', record.run_id, record.last_event, (news) => {
    if (news.type === 'error') {
      toast(news.body.message, 'danger');
      return;
    }
    if (news.type === 'log') {
      allLogs?.wake();
      panel.wake(news.body.node_id);
      return;
    }
    if (reading) heard.push(news);
    const changed = apply(record, news);
    record = changed.record;
    if (changed.read) void read();
    scheduleShow();
  });

  // Many nodes may turn in one moment; the page is drawn once a frame.
  let scheduled = false;
  function scheduleShow(): void {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      show();
    });
  }
  setInterval(() => !isOver(record.status) && document.visibilityState === 'visible' && show(), 1000);

  document.querySelector<HTMLFormElement>('form[data-act="cancel"]')?.addEventListener('submit', (event) => {
    event.preventDefault();
    const button = (event.currentTarget as HTMLFormElement).querySelector('button')!;
    button.disabled = true;
    api('POST', `${address}/cancel`)
      .catch((error: unknown) => toast(sentence(error), 'danger'))
      .finally(() => (button.disabled = false));
  });
  show();
}

function part(root: HTMLElement, selector: string): HTMLElement {
  return root.querySelector<HTMLElement>(selector)!;
}

function setText(element: Element | null, text: string): void {
  if (element && element.textContent !== text) element.textContent = text;
}

/** In the address, so that a link shows the same; without an entry in the history for every click. */
function remember(name: string, value: string): void {
  const url = new URL(location.href);
  if (value) url.searchParams.set(name, value);
  else url.searchParams.delete(name);
  history.replaceState(null, '', url);
}
