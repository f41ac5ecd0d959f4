/**
 * The pipeline of a run, drawn as it was submitted; nodes turn with their states. Read only.
 * Drag or scroll bars to move, buttons (or Ctrl and the wheel) to zoom, Tab and Enter to choose a node.
 */

import { duration } from '../app/format';
import { h, icon, svg } from './dom';
import { elapsed, share, type Step } from './record';
import { lookOf } from './states';

export interface Graph {
  nodes: { id: string; component: string; title: string; x: number; y: number; comment?: string }[];
  edges: { source: string; source_port: string; target: string; target_port: string }[];
}
export type Components = Record<string, { title: string; family: string; inputs: string[]; outputs: string[]; titles: Record<string, string> }>;

const WIDTH = 220;
const HEIGHT = 88;
const MARGIN = 24;
const ZOOMS = [0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1, 1.25, 1.5];

const FAMILY_ICONS: Record<string, string> = {
  Data: 'database',
  'Data transformation': 'transform',
  'Machine learning algorithms': 'binary-tree',
  'Model training': 'school',
  'Model scoring and evaluation': 'chart-dots',
  'Python and SQL': 'code',
  Registry: 'package',
};

export interface GraphView {
  element: HTMLElement;
  show: (steps: readonly Step[], chosen: string | null) => void;
  fit: () => void;
  /** The button of a node, for those who say something else of it than its state. */
  node: (id: string) => HTMLElement | undefined;
}

export function graphView(graph: Graph, components: Components, choose: (node: string) => void, label = 'The pipeline of this run'): GraphView {
  const left = Math.min(...graph.nodes.map((node) => node.x)) - MARGIN;
  const top = Math.min(...graph.nodes.map((node) => node.y)) - MARGIN;
  const width = Math.max(...graph.nodes.map((node) => node.x)) + WIDTH + MARGIN - left;
  const height = Math.max(...graph.nodes.map((node) => node.y)) + HEIGHT + MARGIN - top;

  const at = new Map(graph.nodes.map((node) => [node.id, { x: node.x - left, y: node.y - top, component: node.component }]));
  const port = (node: string, name: string, side: 'inputs' | 'outputs'): { x: number; y: number } => {
    const place = at.get(node) ?? { x: 0, y: 0, component: '' };
    const names = components[place.component]?.[side] ?? [name];
    const index = Math.max(0, names.indexOf(name));
    return { x: place.x + (WIDTH * (index + 1)) / (names.length + 1), y: place.y + (side === 'inputs' ? 0 : HEIGHT) };
  };

  const wires = graph.edges.map((edge) => {
    const from = port(edge.source, edge.source_port, 'outputs');
    const to = port(edge.target, edge.target_port, 'inputs');
    const bend = Math.max(24, Math.abs(to.y - from.y) / 2);
    return svg('path', {
      d: `M${from.x},${from.y} C${from.x},${from.y + bend} ${to.x},${to.y - bend} ${to.x},${to.y}`,
      'data-source': edge.source,
      'data-wire': `${edge.source}.${edge.source_port} ${edge.target}.${edge.target_port}`,
    });
  });
  const nodes = new Map(graph.nodes.map((node) => [node.id, nodeButton(node, components, choose)]));
  for (const [id, node] of nodes) {
    const place = at.get(id)!;
    node.element.style.transform = `translate(${place.x}px, ${place.y}px)`;
  }
  const world = h(
    'div',
    { class: 'studio-graph-world' },
    svg('svg', { width, height, 'aria-hidden': 'true' }, ...wires),
    ...[...nodes.values()].map((node) => node.element),
  );
  const sized = h('div', { class: 'studio-graph-sized' }, world);
  const pane = h('div', { class: 'studio-graph-pane', role: 'group', 'aria-label': label }, sized);

  let zoom = 1;
  const setZoom = (wanted: number): void => {
    const ratio = wanted / zoom;
    const centre = { x: pane.scrollLeft + pane.clientWidth / 2, y: pane.scrollTop + pane.clientHeight / 2 };
    zoom = wanted;
    world.style.transform = `scale(${zoom})`;
    sized.style.width = `${width * zoom}px`;
    sized.style.height = `${height * zoom}px`;
    pane.scrollTo(centre.x * ratio - pane.clientWidth / 2, centre.y * ratio - pane.clientHeight / 2);
  };
  const step = (by: number): void => {
    const next = by > 0 ? ZOOMS.find((z) => z > zoom + 0.01) : [...ZOOMS].reverse().find((z) => z < zoom - 0.01);
    if (next) setZoom(next);
  };
  const fit = (): void => {
    if (!pane.clientWidth) return;
    setZoom(Math.max(0.1, Math.min(1, pane.clientWidth / width, pane.clientHeight / height)));
  };
  pane.addEventListener('wheel', (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    step(event.deltaY < 0 ? 1 : -1);
  }, { passive: false });
  draggable(pane);

  const button = (name: string, label: string, act: () => void): HTMLElement =>
    h('button', { type: 'button', class: 'btn btn-icon btn-sm', title: label, 'aria-label': label, onclick: act }, icon(name));
  const controls = h(
    'div',
    { class: 'studio-graph-controls btn-group', role: 'group', 'aria-label': 'Zoom' },
    button('minus', 'Zoom out', () => step(-1)),
    button('plus', 'Zoom in', () => step(1)),
    button('arrows-maximize', 'Show the whole pipeline', fit),
  );

  return {
    element: h('div', { class: 'studio-graph' }, pane, controls),
    fit,
    node: (id) => nodes.get(id)?.element,
    show: (steps, chosen) => {
      const known = new Map(steps.map((one) => [one.node_id, one]));
      for (const [id, node] of nodes) node.show(known.get(id), id === chosen);
      for (const wire of wires) wire.classList.toggle('is-flowing', known.get(wire.dataset.source ?? '')?.status === 'completed');
    },
  };
}

function nodeButton(
  node: Graph['nodes'][number],
  components: Components,
  choose: (node: string) => void,
): { element: HTMLElement; show: (step: Step | undefined, chosen: boolean) => void } {
  const component = components[node.component];
  const state = h('span', { class: 'studio-node-state' });
  const bar = h('span', { class: 'studio-node-bar' });
  const element = h(
    'button',
    { type: 'button', class: 'studio-node', 'data-node': node.id, title: node.comment || undefined, onclick: () => choose(node.id) },
    h(
      'span',
      { class: 'studio-node-head' },
      icon(FAMILY_ICONS[component?.family ?? ''] ?? 'puzzle', 'studio-node-icon'),
      h(
        'span',
        { class: 'studio-node-names' },
        h('span', { class: 'studio-node-title' }, node.title || component?.title || node.component),
        h('span', { class: 'studio-node-component' }, component?.title ?? node.component),
      ),
    ),
    state,
    bar,
  );
  let last = '';
  return {
    element,
    show: (step, chosen) => {
      element.classList.toggle('is-chosen', chosen);
      element.setAttribute('aria-pressed', String(chosen));
      const progress = step?.status === 'running' ? share(step.progress) : null;
      const seconds = step ? elapsed(step, Date.now()) : null;
      const took = step && !step.reused && seconds !== null ? ` · ${duration(seconds)}` : '';
      const look = step ? lookOf(step.status, step.reused) : { word: 'Not part of this run', icon: 'circle-dashed', tone: 'secondary' };
      const now = `${look.word}${took}|${progress}|${step?.error?.message ?? ''}`;
      if (now === last) return;
      last = now;
      element.dataset.state = step?.status ?? 'absent';
      state.className = `studio-node-state text-${look.tone}`;
      state.replaceChildren(icon(look.icon, step?.status === 'running' ? 'studio-turning' : ''), ` ${look.word}${took}`);
      bar.style.width = progress === null ? '0' : `${progress * 100}%`;
      element.title = step?.error?.message ?? node.comment ?? '';
    },
  };
}

function draggable(pane: HTMLElement): void {
  pane.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || (event.target as Element).closest('.studio-node')) return;
    const start = { x: event.clientX + pane.scrollLeft, y: event.clientY + pane.scrollTop };
    pane.setPointerCapture(event.pointerId);
    pane.classList.add('is-dragged');
    const move = (moved: PointerEvent): void => pane.scrollTo(start.x - moved.clientX, start.y - moved.clientY);
    const end = (): void => {
      pane.classList.remove('is-dragged');
      pane.removeEventListener('pointermove', move);
    };
    pane.addEventListener('pointermove', move);
    pane.addEventListener('pointerup', end, { once: true });
    pane.addEventListener('pointercancel', end, { once: true });
  });
}
