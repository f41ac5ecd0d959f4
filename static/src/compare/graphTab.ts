/** Two pipeline runs over one graph: every node with what became of it, the first one where they part ringed. */

import { api, sentence } from '../app/api';
import { number } from '../app/format';
import { empty, h, icon, replace } from '../runs/dom';
import { graphView, type Components, type GraphView } from '../runs/graph';
import { type Mark, AGREE, countsOf, MARKS } from './marks';
import { nodePanel, type NodePanel } from './nodePanel';
import { placed } from './placing';
import type { Part, PartContext, Seen } from './page';
import { runChoice } from './runChoice';

export interface Change {
  kind: string;
  name: string;
  left: unknown;
  right: unknown;
  text: string;
}
export interface StepSeen {
  run_id: string;
  status: string;
  seconds: number | null;
  peak_memory: number | null;
  reused: boolean;
  reason: string;
  error: string;
  metrics: Record<string, number | string>;
  outputs: { port: string; type: string; bytes: number; summary: Record<string, unknown> }[];
}
export interface SideSeen {
  title: string;
  component: string;
  params: Record<string, unknown>;
  data: { name: string; version: number } | null;
  step: StepSeen | null;
}
export interface NodeSeen {
  id: string;
  left: string | null;
  right: string | null;
  mark: Mark;
  changes: Change[];
  reason: string;
  parts_here: boolean;
  title: string;
  component: string;
  x: number;
  y: number;
  sides: [SideSeen | null, SideSeen | null];
}
interface HeadSeen {
  run_id: string;
  name: string;
  pipeline: string;
  revision: number;
}
export interface GraphsSeen {
  left: HeadSeen;
  right: HeadSeen;
  nodes: NodeSeen[];
  edges: { source: string; source_port: string; target: string; target_port: string; who: 'both' | 'left' | 'right' }[];
  components: Components & Record<string, { params: Record<string, { title: string; language: string }> }>;
  first: string | null;
}

export function graphTab(context: PartContext): Part {
  const choice = runChoice('Lay over the base', (id) => context.change({ other: id, node: '' }));
  const verdict = h('div', { class: 'cmp-verdict', role: 'status' });
  const legend = h('div', { class: 'cmp-legend', role: 'list', 'aria-label': 'Marks of the nodes' });
  const drawing = h('div', { class: 'card' });
  const panel: NodePanel = nodePanel(context, () => context.change({ node: '' }));
  const element = h(
    'div',
    {},
    h('div', { class: 'd-flex flex-wrap gap-3 align-items-center mb-2' }, choice.element, verdict),
    legend,
    h('div', { class: 'studio-overview' }, h('div', { class: 'studio-overview-main' }, drawing), panel.element),
  );
  let read = '';
  let asked = 0;
  let found: GraphsSeen | null = null;
  let graph: GraphView | null = null;
  let seen: Seen;

  const choose = (node: string): void => {
    context.change({ node: node === seen.view.node ? '' : node });
    if (getComputedStyle(panel.element).position === 'static') panel.element.scrollIntoView({ block: 'nearest' });
  };

  const fetchGraphs = async (base: string, other: string): Promise<void> => {
    const mine = (asked += 1);
    try {
      const fresh = await api<GraphsSeen>('GET', `/api/v1/w/${encodeURIComponent(context.workspace)}/runs/compare/graphs?base=${base}&other=${other}`);
      if (mine !== asked) return;
      const redraw = !graph || JSON.stringify(shape(found)) !== JSON.stringify(shape(fresh));
      found = fresh;
      if (redraw) draw();
      mark();
    } catch (error) {
      if (mine !== asked) return;
      found = graph = null;
      replace(legend);
      replace(verdict);
      panel.show(null, null);
      replace(drawing, h('div', { class: 'card-body' }, h('div', { class: 'alert alert-danger m-0', role: 'alert' }, sentence(error))));
    }
  };

  function draw(): void {
    if (!found) return;
    const nodes = placed(found.nodes);
    if (!nodes.length) {
      replace(drawing, empty('Both pipelines are empty'));
      return;
    }
    graph = graphView({ nodes, edges: found.edges }, found.components, choose, 'The pipelines of both runs over each other');
    replace(drawing, graph.element);
    requestAnimationFrame(() => graph?.fit());
  }

  function mark(): void {
    if (!found) return;
    const { node: chosen } = seen.view;
    for (const node of found.nodes) markNode(graph?.node(node.id), node, node.id === found.first, node.id === chosen);
    for (const edge of found.edges) {
      const wire = drawing.querySelector(`[data-wire="${CSS.escape(`${edge.source}.${edge.source_port} ${edge.target}.${edge.target_port}`)}"]`);
      wire?.classList.toggle('is-left', edge.who === 'left');
      wire?.classList.toggle('is-right', edge.who === 'right');
    }
    replace(legend, ...countsOf(found.nodes.map((node) => node.mark)).map(([one, count]) => h('span', { role: 'listitem', class: `cmp-mark text-${MARKS[one].tone}`, title: MARKS[one].help }, icon(MARKS[one].icon), ` ${MARKS[one].word} ${number(count)}`)));
    showVerdict(found);
    panel.show(found, found.nodes.find((node) => node.id === chosen) ?? null);
  }

  function showVerdict({ nodes, first }: GraphsSeen): void {
    const node = nodes.find((one) => one.id === first);
    const others = nodes.filter((one) => one.parts_here && one.id !== first).length;
    const pending = nodes.some((one) => one.mark === 'pending');
    if (!node) {
      replace(verdict, icon(pending ? 'clock' : 'equal', 'me-1'), pending ? 'They do not part so far; some nodes are not done.' : 'The two runs do not part anywhere.');
      return;
    }
    replace(
      verdict,
      icon('git-fork', 'me-1'),
      'The runs part first at ',
      h('button', { type: 'button', class: 'btn btn-link p-0 align-baseline cmp-first', onclick: () => seen.view.node !== node.id && choose(node.id) }, node.title),
      `: ${MARKS[node.mark].word.toLowerCase()}.`,
      others > 0 && ` ${number(others)} more ${others === 1 ? 'node differs' : 'nodes differ'} on ${others === 1 ? 'its' : 'their'} own.`,
    );
  }

  return {
    element,
    shown: () => requestAnimationFrame(() => graph?.fit()),
    show: (fresh) => {
      seen = fresh;
      const pipelines = fresh.runs.filter((run) => run.kind === 'pipeline');
      const base = fresh.runs[0];
      if (base?.kind !== 'pipeline' || pipelines.length < 2) {
        found = graph = null;
        read = '';
        choice.show([], '');
        replace(verdict);
        replace(legend);
        panel.show(null, null);
        replace(drawing, empty('Two pipeline runs are needed', base?.kind === 'pipeline' ? 'Add another run of a pipeline.' : 'The base is no pipeline run. Make one that is the base.'));
        return;
      }
      const others = pipelines.filter((run) => run.run_id !== base.run_id);
      const other = others.find((run) => run.run_id === fresh.view.other) ?? others[0];
      choice.show(others, other.run_id);
      const wanted = `${base.run_id} ${other.run_id}`;
      const moved = fresh.news && (fresh.news.has(base.run_id) || fresh.news.has(other.run_id));
      if (wanted !== read || moved) {
        if (wanted !== read) {
          found = graph = null;
          replace(drawing, h('p', { class: 'text-secondary m-3' }, 'Laying the runs over each other …'));
        }
        read = wanted;
        void fetchGraphs(base.run_id, other.run_id);
      } else mark();
    },
  };
}

/** What decides how it is drawn, without what is said of the nodes. */
function shape(graphs: GraphsSeen | null): unknown {
  return graphs && [graphs.nodes.map((node) => [node.id, node.x, node.y, node.title]), graphs.edges];
}

function markNode(element: HTMLElement | undefined, node: NodeSeen, first: boolean, chosen: boolean): void {
  if (!element) return;
  const look = MARKS[node.mark];
  element.dataset.mark = node.mark;
  element.classList.toggle('is-chosen', chosen);
  element.classList.toggle('is-first', first);
  element.classList.toggle('is-apart', !AGREE.has(node.mark));
  element.setAttribute('aria-pressed', String(chosen));
  element.title = look.help;
  const state = element.querySelector('.studio-node-state');
  if (!state) return;
  state.className = `studio-node-state text-${look.tone}`;
  state.replaceChildren(icon(look.icon), ` ${look.word}`, ...(first ? [h('span', { class: 'cmp-parts' }, icon('git-fork'), ' The runs part here')] : node.parts_here ? [h('span', { class: 'cmp-parts is-also', title: 'It differs on its own: nothing before it does' }, icon('git-fork'), ' on its own')] : []));
}
