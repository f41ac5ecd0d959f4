/** Where a run's data came from and what became of its models, as a graph; each box leads on, and shows more of its own. */

import { api, sentence } from '../app/api';
import { toast } from '../app/toast';
import { empty, h, icon, replace, svg } from './dom';
import { BOX, layout, merged, type Lineage, type LineageNode } from './lineageLayout';
import { modelAddress } from './outputs';
import { stateBadge, type Status } from './states';

const KINDS: Record<LineageNode['kind'], { icon: string; word: string }> = {
  run: { icon: 'player-play', word: 'Run' },
  data: { icon: 'database', word: 'Data' },
  dataset: { icon: 'table', word: 'Data set' },
  model: { icon: 'box', word: 'Logged model' },
  version: { icon: 'package', word: 'Registered model' },
};

export interface LineageView {
  element: HTMLElement;
  refresh: () => void;
}

export function lineageView(workspace: string, start: string): LineageView {
  const home = `/w/${encodeURIComponent(workspace)}`;
  const pane = h('div', { class: 'studio-lineage', role: 'group', 'aria-label': 'Lineage', tabindex: '0' });
  const element = h('div', { class: 'card' }, h('div', { class: 'card-header py-2' }, h('p', { class: 'm-0 text-secondary' }, 'From data on the left to models on the right. Open a box with its name; the button in it shows what else hangs on it.')), pane);
  let picture: Lineage | null = null;
  const grown = new Set<string>([start]);

  const look = (node: string): Promise<Lineage> => api<Lineage>('GET', `/api/v1${home}/lineage?node=${encodeURIComponent(node)}`);

  const draw = (): void => {
    if (!picture) return;
    if (!picture.edges.length) {
      replace(pane, empty('Nothing hangs on it yet', 'Data that is read, runs within runs and models that they leave are joined here.'));
      return;
    }
    const { placed, width, height } = layout(picture);
    const lines = picture.edges.flatMap((edge) => {
      const from = placed.get(edge.source);
      const to = placed.get(edge.target);
      if (!from || !to) return [];
      const [x1, y1, x2, y2] = [from.x + BOX.width, from.y + BOX.height / 2, to.x, to.y + BOX.height / 2];
      const bend = Math.max(30, Math.abs(x2 - x1) / 2);
      return [svg('path', { d: `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}` }, svg('title', {}, edge.words))];
    });
    const world = h('div', { class: 'studio-lineage-world' }, svg('svg', { width, height, 'aria-hidden': 'true' }, ...lines));
    world.style.width = `${width}px`;
    world.style.height = `${height}px`;
    // In reading order, so that Tab goes from causes to effects.
    for (const node of [...picture.nodes].sort((a, b) => order(placed.get(a.id)) - order(placed.get(b.id)))) {
      const place = placed.get(node.id);
      if (!place) continue;
      const box = boxOf(node);
      box.style.transform = `translate(${place.x}px, ${place.y}px)`;
      world.append(box);
    }
    const focused = (document.activeElement as HTMLElement | null)?.closest<HTMLElement>('[data-lineage]')?.dataset.lineage;
    const first = !pane.querySelector('.studio-lineage-world');
    replace(pane, world);
    // The run that was asked about, in the middle of what is seen.
    const root = placed.get(start);
    if (first && root) pane.scrollTo(root.x + BOX.width / 2 - pane.clientWidth / 2, root.y + BOX.height / 2 - pane.clientHeight / 2);
    if (focused) pane.querySelector<HTMLElement>(`[data-lineage="${CSS.escape(focused)}"] a, [data-lineage="${CSS.escape(focused)}"] button`)?.focus();
  };

  const boxOf = (node: LineageNode): HTMLElement => {
    const look = KINDS[node.kind];
    const address = addressOf(home, workspace, node);
    const isRoot = node.id === start;
    const words = picture!.edges.filter((edge) => edge.target === node.id || edge.source === node.id).map((edge) => relation(edge, node.id));
    const name = address && !isRoot ? h('a', { href: address, class: 'studio-lineage-name text-reset', title: node.title }, node.title) : h('span', { class: 'studio-lineage-name', title: node.title }, node.title);
    return h(
      'div',
      { class: `studio-lineage-box is-${node.kind} ${isRoot ? 'is-root' : ''}`, 'data-lineage': node.id, role: 'group', 'aria-label': `${look.word} ${node.title}${isRoot ? ', this one' : ''}. ${words.join('. ')}` },
      icon(look.icon, 'studio-lineage-icon'),
      h('div', { class: 'studio-lineage-words' }, name, h('span', { class: 'text-secondary small text-truncate' }, node.status ? stateBadge(node.status as Status) : `${look.word}, ${node.subtitle}`)),
      !grown.has(node.id) && h('button', { type: 'button', class: 'btn btn-icon btn-sm btn-ghost-secondary', title: 'Show what else hangs on it', 'aria-label': `Show what else hangs on ${node.title}`, onclick: () => void grow(node) }, icon('plus')),
      node.more && h('span', { class: 'studio-lineage-more', title: `There are more ${node.more.join(' and ')} than are drawn` }, '…'),
    );
  };

  const grow = async (node: LineageNode): Promise<void> => {
    try {
      const found = await look(node.id);
      grown.add(node.id);
      picture = picture ? merged(picture, found) : found;
      draw();
    } catch (error) {
      toast(sentence(error), 'danger');
    }
  };

  const relation = (edge: Lineage['edges'][number], id: string): string => {
    const other = picture!.nodes.find((one) => one.id === (edge.source === id ? edge.target : edge.source));
    return edge.source === id ? `${edge.words} ${other?.title}` : `${other?.title} ${edge.words} this`;
  };

  const read = async (): Promise<void> => {
    try {
      const found = await Promise.all([...grown].map(look));
      const fresh = found.reduce(merged);
      if (JSON.stringify(fresh) === JSON.stringify(picture)) return;
      picture = fresh;
      draw();
    } catch (error) {
      if (!picture) replace(pane, h('div', { class: 'alert alert-danger m-3', role: 'alert' }, sentence(error)));
    }
  };
  replace(pane, h('p', { class: 'text-secondary m-3' }, 'Looking …'));
  void read();
  return { element, refresh: () => void read() };
}

function order(place: { x: number; y: number } | undefined): number {
  return place ? place.x * 10_000 + place.y : 0;
}

export function addressOf(home: string, workspace: string, node: LineageNode): string {
  switch (node.kind) {
    case 'run':
      return `${home}/runs/${node.run_id}/`;
    case 'data':
      return `${home}/data/${encodeURIComponent(node.name ?? '')}/?version=${node.number}`;
    case 'version':
      return modelAddress(workspace, { name: node.name ?? '', number: node.number ?? 0 });
    default:
      // Logged models and data sets have no page of their own: they are shown at the runs beside them.
      return '';
  }
}
