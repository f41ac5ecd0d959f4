/** Everything the mouse does, by keyboard. The list on the "?" sheet is made from this table. */
import { flushSync } from 'react-dom';
import { edgeId, edgesInto, edgesOutOf } from '../graph/document';
import { type Direction, neighbour } from '../graph/place';
import { isOver } from '../store/running';
import { selectedEdges, selectedNodes } from '../store/document';
import { env, studio } from '../store';
import { centreOn, flow, focusCanvas, focusNode, nodeElement, viewCentre } from './instance';
import { isTyping, onCanvas } from './keys';

export type Shortcut = {
  keys: string; // as shown
  title: string;
  group: 'Edit' | 'Move about' | 'Run' | 'See';
  /** Everywhere but in text fields; without it only while the canvas has the focus. */
  global?: boolean;
  matches(event: KeyboardEvent): boolean;
  act(event: KeyboardEvent): void;
};

const plain = (event: KeyboardEvent): boolean => !event.ctrlKey && !event.metaKey && !event.altKey;
const command = (event: KeyboardEvent): boolean => (event.ctrlKey || event.metaKey) && !event.altKey;
const letter = (key: string) => (event: KeyboardEvent) =>
  plain(event) && !event.shiftKey && event.key.toLowerCase() === key;
const commandLetter =
  (key: string, shift = false) =>
  (event: KeyboardEvent) =>
    command(event) && event.shiftKey === shift && event.key.toLowerCase() === key;

const ARROWS: Record<string, [Direction, number, number]> = {
  ArrowUp: ['up', 0, -1],
  ArrowDown: ['down', 0, 1],
  ArrowLeft: ['left', -1, 0],
  ArrowRight: ['right', 1, 0],
};

const single = (): string | undefined => selectedNodes(studio())[0];
const withNode = (act: (node: string) => void) => (): void => {
  const node = single();
  if (node) act(node);
  else studio().speak('Choose a node first.');
};

/** Where a menu opened by key appears: at the node it is about. */
function besideNode(id: string): { x: number; y: number } {
  const box = nodeElement(id)?.getBoundingClientRect();
  return box ? { x: box.right + 8, y: box.top } : { x: innerWidth / 3, y: innerHeight / 3 };
}

function go(direction: Direction): void {
  const { graph, select } = studio();
  const from = single();
  const to = from ? neighbour(graph, from, direction) : graph.nodes[0]?.id;
  if (!to) return;
  select([to]);
  focusNode(to);
}

/** Chooses the wires of a node one after the other, so that they can be deleted or have a node put into them. */
function nextWire(): void {
  const { graph, edges, select } = studio();
  const chosen = edges.find((edge) => edge.selected);
  const node = single() ?? chosen?.data?.doc.source;
  const around = node ? [...edgesInto(graph, node), ...edgesOutOf(graph, node)].map(edgeId) : graph.edges.map(edgeId);
  const all = around.length ? around : graph.edges.map(edgeId);
  const next = all[(chosen ? all.indexOf(chosen.id) + 1 : 0) % Math.max(1, all.length)];
  if (!next) return studio().speak('There are no wires here.');
  select([], [next]);
  focusCanvas();
  const edge = graph.edges.find((candidate) => edgeId(candidate) === next);
  const title = (id?: string) => graph.nodes.find((candidate) => candidate.id === id)?.title ?? '';
  studio().speak(`Wire from ${title(edge?.source)} to ${title(edge?.target)}.`);
}

function insertIntoWire(): void {
  const { graph, show } = studio();
  const id = selectedEdges(studio())[0];
  const edge = graph.edges.find((candidate) => edgeId(candidate) === id);
  if (!edge) return studio().speak('Choose a wire first, with W.');
  const box = document
    .querySelector(`.react-flow__edge[data-id="${CSS.escape(edgeId(edge))}"]`)
    ?.getBoundingClientRect();
  show({
    kind: 'insert',
    edge,
    screen: { x: (box?.x ?? 300) + (box?.width ?? 0) / 2, y: (box?.y ?? 300) + (box?.height ?? 0) / 2 },
  });
}

function escape(): void {
  const { open, drawer, shortcuts, preview, patch, openNode, setDrawer, select, showVersion } = studio();
  if (shortcuts) patch({ shortcuts: false });
  else if (preview) void showVersion(null);
  else if (open) {
    openNode(null);
    focusNode(open);
  } else if (drawer) setDrawer(null);
  else select([]);
}

const runnable = (): boolean => studio().canEdit && isOver(studio().run);

export const SHORTCUTS: Shortcut[] = [
  { keys: 'A', group: 'Edit', title: 'Add a node: search menu', matches: letter('a'), act: () => addHere() },
  { keys: 'P', group: 'Edit', title: 'Go to the palette', matches: letter('p'), act: () => toPalette() },
  {
    keys: 'Enter',
    group: 'Edit',
    title: 'Open the node',
    matches: (e) => plain(e) && e.key === 'Enter',
    act: withNode((id) => studio().openNode(id)),
  },
  {
    keys: 'C',
    group: 'Edit',
    title: 'Connect: choose port and target',
    matches: letter('c'),
    act: withNode((id) => studio().show({ kind: 'connect', node: id, screen: besideNode(id) })),
  },
  { keys: 'W', group: 'Edit', title: 'Choose the next wire of the node', matches: letter('w'), act: nextWire },
  { keys: 'I', group: 'Edit', title: 'Insert a node into the chosen wire', matches: letter('i'), act: insertIntoWire },
  {
    keys: 'F2',
    group: 'Edit',
    title: 'Rename the node',
    matches: (e) => e.key === 'F2',
    act: withNode((id) => studio().canEdit && studio().patch({ renaming: id })),
  },
  {
    keys: 'M',
    group: 'Edit',
    title: 'Comment on the node',
    matches: letter('m'),
    act: withNode((id) => studio().canEdit && studio().patch({ commenting: id })),
  },
  {
    keys: 'Delete',
    group: 'Edit',
    title: 'Delete what is chosen',
    matches: (e) => plain(e) && (e.key === 'Delete' || e.key === 'Backspace'),
    act: () => studio().removeSelected(),
  },
  {
    keys: 'Ctrl Z',
    group: 'Edit',
    title: 'Undo',
    global: true,
    matches: commandLetter('z'),
    act: () => studio().undo(),
  },
  {
    keys: 'Ctrl Shift Z',
    group: 'Edit',
    title: 'Redo (also Ctrl Y)',
    global: true,
    matches: (e) => commandLetter('z', true)(e) || commandLetter('y')(e),
    act: () => studio().redo(),
  },
  {
    keys: 'Ctrl D',
    group: 'Edit',
    title: 'Duplicate',
    global: true,
    matches: commandLetter('d'),
    act: () => studio().duplicate(),
  },
  {
    keys: 'Ctrl C · X · V',
    group: 'Edit',
    title: 'Copy, cut, paste; also into other pipelines and tabs',
    matches: () => false,
    act: () => undefined,
  },
  {
    keys: 'Ctrl A',
    group: 'Edit',
    title: 'Choose all',
    matches: commandLetter('a'),
    act: () => studio().select(studio().graph.nodes.map((node) => node.id)),
  },
  {
    keys: 'T',
    group: 'Edit',
    title: 'Tidy up (all, or what is chosen)',
    matches: letter('t'),
    act: () => void studio().tidy(),
  },
  {
    keys: 'Ctrl S',
    group: 'Edit',
    title: 'Save now (it is saved by itself, too)',
    global: true,
    matches: commandLetter('s'),
    act: () => studio().retrySave(),
  },
  { keys: 'Tab', group: 'Move about', title: 'Next node', matches: () => false, act: () => undefined },
  {
    keys: 'Ctrl ← ↑ ↓ →',
    group: 'Move about',
    title: 'Go to the node in that direction',
    matches: (e) => command(e) && e.key in ARROWS,
    act: (e) => go(ARROWS[e.key]![0]),
  },
  {
    keys: '← ↑ ↓ →',
    group: 'Move about',
    title: 'Move what is chosen (with Shift: further)',
    matches: (e) => plain(e) && e.key in ARROWS,
    act(e) {
      const [direction, x, y] = ARROWS[e.key]!;
      const far = e.shiftKey ? 50 : 10;
      if (single()) studio().nudge(x * far, y * far);
      else go(direction);
    },
  },
  {
    keys: 'V',
    group: 'Move about',
    title: 'Selection tool on or off (or hold Shift and drag)',
    matches: letter('v'),
    act: () => studio().patch({ tool: studio().tool === 'pan' ? 'select' : 'pan' }),
  },
  {
    keys: 'Esc',
    group: 'Move about',
    title: 'Close, or choose nothing',
    global: true,
    matches: (e) => e.key === 'Escape',
    act: escape,
  },
  {
    keys: 'F',
    group: 'See',
    title: 'Fit everything',
    matches: letter('f'),
    act: () => void flow()?.fitView({ padding: 0.15, maxZoom: 1, duration: 200 }),
  },
  {
    keys: '+ and −',
    group: 'See',
    title: 'Zoom',
    matches: (e) => plain(e) && ['+', '=', '-'].includes(e.key),
    act: (e) => void (e.key === '-' ? flow()?.zoomOut() : flow()?.zoomIn()),
  },
  {
    keys: '0',
    group: 'See',
    title: 'Zoom to 100 %',
    matches: letter('0'),
    act: () => void flow()?.zoomTo(1, { duration: 200 }),
  },
  { keys: 'Z', group: 'See', title: 'Centre on the node', matches: letter('z'), act: withNode(centreOn) },
  {
    keys: 'L',
    group: 'See',
    title: 'List of problems',
    matches: letter('l'),
    act: () => studio().setDrawer(studio().drawer === 'problems' ? null : 'problems'),
  },
  {
    keys: 'H',
    group: 'See',
    title: 'Version history',
    matches: letter('h'),
    act: () => studio().setDrawer(studio().drawer === 'history' ? null : 'history'),
  },
  {
    keys: '?',
    group: 'See',
    title: 'This list',
    matches: (e) => plain(e) && e.key === '?',
    act: () => studio().patch({ shortcuts: !studio().shortcuts }),
  },
  {
    keys: 'Ctrl Enter',
    group: 'Run',
    title: 'Run all',
    global: true,
    matches: (e) => command(e) && !e.shiftKey && e.key === 'Enter',
    act: () => runnable() && void studio().submit('all'),
  },
  {
    keys: 'Ctrl Shift Enter',
    group: 'Run',
    title: 'Run up to the chosen node',
    global: true,
    matches: (e) => command(e) && e.shiftKey && e.key === 'Enter',
    act: withNode((id) => runnable() && void studio().submit('to', id)),
  },
  {
    keys: 'Alt Enter',
    group: 'Run',
    title: 'Run only the chosen node',
    global: true,
    matches: (e) => e.altKey && e.key === 'Enter',
    act: withNode((id) => runnable() && void studio().submit('only', id)),
  },
];

function addHere(): void {
  if (!studio().canEdit) return env().say('You may look at this pipeline, but not change it.', 'warning');
  studio().show({ kind: 'add', screen: { x: innerWidth / 2 - 160, y: innerHeight / 4 }, at: viewCentre() });
}

function toPalette(): void {
  studio().patch({ palette: true });
  const focus = (): boolean => {
    const box = document.getElementById('palette-search');
    box?.focus();
    return box !== null;
  };
  if (!focus()) requestAnimationFrame(focus);
}

const HARMLESS = new Set(['Escape']);

export function listenToKeys(): () => void {
  const listen = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open], .modal.show')) return;
    const typing = isTyping(event.target);
    if (studio().preview && event.key !== 'Escape') return;
    if (event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10')) return menuAtNode(event);
    for (const shortcut of SHORTCUTS) {
      if (!shortcut.matches(event)) continue;
      // In a text field its own undo and its own keys hold; saving and running go through.
      if (typing && !(shortcut.global && (event.key === 'Enter' || event.key === 's'))) return;
      if (!typing && !shortcut.global && !onCanvas(event.target)) return;
      if (!HARMLESS.has(event.key)) event.preventDefault();
      // What a key opens is there, with the focus in it, before the next key of somebody who types fast.
      flushSync(() => shortcut.act(event));
      return;
    }
  };
  document.addEventListener('keydown', listen);
  return () => document.removeEventListener('keydown', listen);
}

function menuAtNode(event: KeyboardEvent): void {
  const id = single();
  if (!id || isTyping(event.target) || !onCanvas(event.target)) return;
  event.preventDefault();
  studio().show({ kind: 'node', node: id, screen: besideNode(id) });
}
