/** One run: its record, its news, and the tabs that show it. Everything chosen stands in the address. */

import { api, sentence } from '../app/api';
import { duration } from '../app/format';
import { toast } from '../app/toast';
import { subscribe, type NewsEvent } from '../live/news';
import type { About, LoggedModel, Registered } from './about';
import { actions } from './actions';
import { remember, remembered } from './address';
import { artifactBrowser, type Browser } from './artifacts/browser';
import { filesAt, type Summary } from './artifacts/files';
import { imagesView } from './artifacts/images';
import { tablesView } from './artifacts/tables';
import { codeTab } from './codeTab';
import { h, replace } from './dom';
import { evaluationsView, type EvaluationsView } from './evaluations';
import { environmentView, paramsView } from './facts';
import { graphView, type Components, type Graph, type GraphView } from './graph';
import { lineageView } from './lineage';
import { logSources, type LogSources } from './logSources';
import { machineView, SYSTEM, type MachineView } from './machine';
import { metricsView, type MetricsView } from './metrics';
import { modelAddress, outputsView, type OutputsView } from './outputs';
import { overview } from './overview';
import { errorBox, panelView } from './panel';
import { apply, counted, elapsed, type RunRecord } from './record';
import { isOver, isUnfinished, stateBadge } from './states';
import { stepsView } from './steps';
import { tabs, type Tab } from './tabs';

interface PageData {
  detail: RunRecord;
  about: About;
  artifacts: Summary;
  logged: LoggedModel[];
  graph: Graph | null;
  components: Components;
  models: Registered[];
  mayRegister: boolean;
  mayEdit: boolean;
  mayTidy: boolean;
}

/** The least time between two readings of the whole run while news keep coming. */
const READ_EVERY = 1500;
/** Files come without news of their own: so often somebody looks while the run is at work. */
const LOOK_EVERY = 8000;

export function startPage(root: HTMLElement): void {
  const data = JSON.parse(document.getElementById('run-page')?.textContent ?? 'null') as PageData;
  const workspace = root.dataset.workspace ?? '';
  const home = `/w/${encodeURIComponent(workspace)}`;
  const base = `/api/v1${home}/runs`;
  const { run_id } = data.detail;
  const address = `${base}/${run_id}`;
  const runAddress = (id: string): string => `${home}/runs/${id}/`;
  const graph = data.graph?.nodes.length ? data.graph : null;
  const isTracked = data.detail.kind === 'tracked';
  const files = filesAt(`${address}/artifacts`);

  let record = data.detail;
  let { about, models, logged, artifacts: summary } = data;
  let chosen: string | null = remembered('step') || null;

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
  const changed = (): void => void read();
  const notes = { address, workspace, mayEdit: data.mayEdit, changed };
  const acts = actions({ ...notes, home });
  const first = overview({ ...notes, home, base, run_id, mayTidy: data.mayTidy, isTracked, runAddress, openTab });
  const steps = stepsView(data.components, runAddress, choose);
  const panel = panelView({ base, runAddress, componentTitle, portTitle, openOutput, close: () => choose(null) });
  let drawing: GraphView | null = null;
  let outputs: OutputsView | null = null;
  let metrics: MetricsView | null = null;
  let machine: MachineView | null = null;
  let browser: Browser | null = null;
  let logs: LogSources | null = null;
  let params: ReturnType<typeof paramsView> | null = null;
  let environment: ReturnType<typeof environmentView> | null = null;
  let evaluations: EvaluationsView | null = null;
  const looking: { refresh: () => void }[] = [];
  const refreshed = <T extends { element: HTMLElement; refresh: () => void }>(view: T): HTMLElement => {
    looking.push(view);
    return view.element;
  };

  const hasNodes = (): boolean => Boolean(graph || record.steps.length);
  const evaluates = (): boolean => record.steps.some((step) => step.outputs.some((output) => output.type === 'evaluation')) || Boolean(graph?.nodes.some((node) => ['evaluate-model', 'cross-validate'].includes(node.component)));
  const all: Tab[] = [
    {
      id: 'overview',
      title: 'Overview',
      make: () => {
        drawing = graph && graphView(graph, data.components, choose);
        const nodes = hasNodes() && h('div', { class: 'studio-overview mb-3' }, h('div', { class: 'studio-overview-main' }, drawing && h('div', { class: 'card mb-3' }, drawing.element), h('div', { class: 'card' }, steps.element)), panel.element);
        return h('div', {}, first.description, nodes, first.element);
      },
      shown: () => requestAnimationFrame(() => drawing?.fit()),
    },
    { id: 'evaluation', title: 'Evaluation', isHidden: () => !evaluates(), make: () => (evaluations = evaluationsView(base)).element },
    { id: 'metrics', title: 'Charts', isHidden: () => !hasNodes() && !record.metrics.some(isOfTheWork), make: () => (metrics = metricsView(base, nameOf, () => record.more.includes('metrics'))).element },
    { id: 'images', title: 'Images', isHidden: () => !summary.image, make: () => refreshed(imagesView(files)) },
    { id: 'tables', title: 'Tables', isHidden: () => !summary.table, make: () => refreshed(tablesView(files)) },
    {
      id: 'outputs',
      title: 'Outputs',
      isHidden: () => !hasNodes(),
      make: () => (outputs = outputsView({ base, workspace, portTitle, mayRegister: data.mayRegister, registered: () => models, changed }, remembered('output'), (key) => remember('output', key))).element,
    },
    {
      id: 'artifacts',
      title: 'Artifacts',
      isHidden: () => !isTracked && !summary.any && !logged.length,
      make: () => refreshed((browser = artifactBrowser({ api: `/api/v1${home}`, workspace, run_id, mayRegister: data.mayRegister, models: () => logged, changed }))),
    },
    { id: 'parameters', title: 'Parameters', isHidden: () => !hasNodes() && !record.params.length, make: () => (params = paramsView(nameOf)).element },
    {
      id: 'logs',
      title: 'Logs',
      make: () => refreshed((logs = logSources({ base, run_id, files, nameOf, isTracked }))),
    },
    { id: 'code', title: 'Code', isHidden: () => !graph && !isTracked && !summary.code, make: () => codeTab({ base, run_id, name: record.name, graph, components: data.components, files, about: () => about }).element },
    { id: 'machine', title: 'Machine', make: () => (machine = machineView(workspace, isTracked)).element },
    { id: 'lineage', title: 'Lineage', make: () => refreshed(lineageView(workspace, `run:${run_id}`)) },
    { id: 'environment', title: 'Environment', isHidden: () => isTracked && !record.environment, make: () => (environment = environmentView()).element },
  ];

  // Before the tabs are made: making the first one asks whether it is there.
  let bar: ReturnType<typeof tabs> | null = null;
  bar = tabs(part(root, '[data-run-tabs]'), part(root, '[data-run-panels]'), all, remembered('tab') || (isTracked || hasNodes() ? 'overview' : 'logs'), (id) => {
    remember('tab', id === 'overview' ? '' : id);
    queueMicrotask(show);
  });

  /** "artifacts:some/path" opens the file as well. */
  function openTab(id: string): void {
    const [tab, ...path] = id.split(':');
    if (path.length) remember('path', path.join(':'));
    const known = browser;
    bar?.open(tab);
    if (path.length) known?.open(path.join(':'));
  }

  function openOutput(key: string): void {
    remember('output', key);
    bar?.open('outputs');
    outputs?.open(key);
  }

  function show(): void {
    showHeader();
    acts.show(record, about);
    first.show(record, about, models, logged);
    drawing?.show(record.steps, chosen);
    steps.show(record.steps, chosen);
    panel.show(record, chosen);
    outputs?.show(record.steps);
    metrics?.show(record.metrics.filter(isOfTheWork));
    machine?.show(record.metrics);
    logs?.show(record.steps);
    params?.show(record.params, record.more.includes('params'));
    environment?.show(record.environment);
    evaluations?.show(record);
    bar?.refresh();
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
        const [fresh, noted, made, kept] = await Promise.all([
          api<RunRecord>('GET', address),
          api<About>('GET', `${address}/about`),
          api<{ results: Registered[] }>('GET', `${address}/models`),
          api<{ results: LoggedModel[] }>('GET', `${address}/logged-models`),
        ]);
        // What was told while the answer was on its way is newer than the answer.
        record = heard.filter((news) => news.event > fresh.last_event).reduce((now, news) => apply(now, news).record, fresh);
        about = noted;
        models = made.results;
        logged = kept.results;
        show();
      } catch {
        // The studio restarts, perhaps; the next news asks again.
      }
      await new Promise((wait) => setTimeout(wait, Math.max(READ_EVERY, 5 * (performance.now() - began))));
    }
    reading = false;
  }

  /** Files of a run that is at work elsewhere. */
  async function look(): Promise<void> {
    try {
      const fresh = await api<Summary>('GET', `${address}/artifacts/summary`);
      const isNew = JSON.stringify(fresh) !== JSON.stringify(summary);
      summary = fresh;
      if (isNew) bar?.refresh();
      for (const view of looking) if ('element' in view && (view as { element: HTMLElement }).element.offsetParent) view.refresh();
      first.tick();
    } catch {
      // The next look asks again.
    }
  }

  subscribe('run', run_id, record.last_event, (news) => {
    if (news.type === 'error') {
      toast(news.body.message, 'danger');
      return;
    }
    if (news.type === 'log') {
      logs?.wake(news.body.node_id);
      panel.wake(news.body.node_id);
      return;
    }
    if (news.type === 'note') first.wakeNotes();
    if (reading) heard.push(news);
    const before = record.status;
    const told = apply(record, news);
    record = told.record;
    if (told.read) void read();
    if (isOver(record.status) && record.status !== before) void look();
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
  const isWatched = (): boolean => document.visibilityState === 'visible';
  setInterval(() => !isOver(record.status) && isWatched() && show(), 1000);
  setInterval(() => (isWatched() && !isOver(record.status) ? void look() : undefined), LOOK_EVERY);

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

/** Not of the machine it was done on. */
function isOfTheWork({ key }: { key: string }): boolean {
  return !key.startsWith(SYSTEM);
}

function part(root: HTMLElement, selector: string): HTMLElement {
  return root.querySelector<HTMLElement>(selector)!;
}

function setText(element: Element | null, text: string): void {
  if (element && element.textContent !== text) element.textContent = text;
}
