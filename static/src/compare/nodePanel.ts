/** A node of two runs: what differs in it, setting by setting, and what came of it on either side. */

import { bytes, duration, number } from '../app/format';
import { codeDiff } from '../code/diff';
import { h, icon, replace } from '../runs/dom';
import { lookOf, type Status } from '../runs/states';
import type { Change, GraphsSeen, NodeSeen, SideSeen } from './graphTab';
import { columnsDiffs } from './columnsDiff';
import { MARKS } from './marks';
import type { PartContext } from './page';
import { changedText, COLUMNS, type Facts, outputFacts, sidesText } from './nodeFacts';

export interface NodePanel {
  element: HTMLElement;
  show: (graphs: GraphsSeen | null, node: NodeSeen | null) => void;
}

export function nodePanel(context: PartContext, close: () => void): NodePanel {
  const element = h('section', { class: 'card studio-panel cmp-panel', 'aria-label': 'The chosen node in both runs', hidden: true });
  let shown = '';
  let stops: (() => void)[] = [];
  const clear = (): void => {
    for (const stop of stops) stop();
    stops = [];
  };
  return {
    element,
    show: (graphs, node) => {
      const signature = graphs && node ? JSON.stringify([graphs.left.run_id, graphs.right.run_id, node]) : '';
      if (signature === shown) return;
      shown = signature;
      clear();
      element.hidden = !node;
      if (!graphs || !node) {
        replace(element);
        return;
      }
      const look = MARKS[node.mark];
      const titles: [string, string] = [`${graphs.left.name} (base)`, graphs.right.name];
      const component = graphs.components[node.component];
      const paramTitle = (name: string): string => component?.params[name]?.title ?? name;
      const portTitle = (name: string): string => component?.titles[name] ?? name;
      replace(
        element,
        h(
          'div',
          { class: 'card-header gap-2' },
          h('div', { class: 'flex-fill studio-name' }, h('h2', { class: 'card-title' }, node.title), h('div', { class: 'text-secondary small' }, component?.title ?? node.component)),
          h('span', { class: `cmp-mark text-${look.tone}` }, icon(look.icon), ` ${look.word}`),
          h('button', { type: 'button', class: 'btn-close', 'aria-label': 'Close the node', onclick: close }),
        ),
        h(
          'div',
          { class: 'card-body' },
          node.parts_here && h('p', { class: 'mb-2' }, icon('git-fork', 'me-1'), node.id === graphs.first ? 'Here the runs part first: nothing before this node differs.' : 'It differs on its own: nothing before it does.'),
          node.reason && h('p', { class: 'text-secondary mb-2' }, node.reason),
          ...changeList(node, paramTitle, portTitle, titles, stops),
          h('h3', { class: 'fs-4 mt-3 mb-1' }, 'Side by side'),
          sidesTable(node, titles, portTitle, context),
          ...columnsDiffs(node, context.workspace, portTitle),
          otherParams(node, paramTitle),
        ),
      );
    },
  };
}

const KINDS: Record<string, string> = {
  component: 'Component', param: 'Parameter', code: 'Code', data: 'Data', wire: 'Wire', library: 'Library', input: 'Input',
  status: 'State', output: 'Output', metric: 'Metric',
}; // prettier-ignore

function changeList(node: NodeSeen, paramTitle: (name: string) => string, portTitle: (name: string) => string, titles: [string, string], stops: (() => void)[]): HTMLElement[] {
  if (!node.changes.length) return [];
  const long = node.changes.filter((change) => isLong(change));
  const short = node.changes.filter((change) => !isLong(change));
  const name = (change: Change): string => {
    if (change.kind === 'param' || change.kind === 'code') return paramTitle(change.name);
    return ['input', 'wire', 'output'].includes(change.kind) ? portTitle(change.name) : change.name;
  };
  const rows = short.map((change) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row', class: 'fw-normal' }, h('span', { class: 'text-secondary small d-block' }, KINDS[change.kind] ?? change.kind), name(change)),
      ...(change.text
        ? [h('td', { colspan: 2 }, change.text)]
        : [h('td', { class: 'cmp-before' }, icon('minus', 'me-1 text-red'), sidesText(change, 'left')), h('td', { class: 'cmp-after' }, icon('plus', 'me-1 text-green'), sidesText(change, 'right'), changedText(change))]),
    ),
  );
  const diffs = long.map((change) => {
    const body = h('div', { class: 'cmp-diff' });
    const diff = codeDiff(body, { left: sidesText(change, 'left', true), right: sidesText(change, 'right', true), language: languageOf(change), titles });
    stops.push(() => diff.stop());
    return h('div', { class: 'mt-2' }, h('h3', { class: 'fs-4 mb-1' }, name(change)), body);
  });
  return [
    ...(rows.length
      ? [h('div', { class: 'table-responsive' }, h('table', { class: 'table table-sm cmp-changes' }, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'What'), h('th', { scope: 'col' }, 'Base'), h('th', { scope: 'col' }, 'Other'))), h('tbody', {}, ...rows)))]
      : []),
    ...diffs,
  ];
}

function isLong(change: Change): boolean {
  if (change.text || change.kind === 'output' || change.kind === 'metric') return false;
  return [change.left, change.right].some((value) => typeof value === 'string' && (value.includes('\n') || value.length > 80));
}

function languageOf(change: Change): string {
  const text = `${String(change.left)}${String(change.right)}`;
  if (change.kind !== 'code') return '';
  return /\bselect\b/i.test(text) && !/\b(def|import)\b/.test(text) ? 'sql' : 'python';
}

function sidesTable(node: NodeSeen, titles: [string, string], portTitle: (name: string) => string, context: PartContext): HTMLElement {
  const facts = (side: SideSeen | null): Facts => (side?.step ? outputFacts(side.step, portTitle) : []);
  const sides = node.sides.map((side) => new Map(facts(side)));
  const keys = [...new Set(sides.flatMap((side) => [...side.keys()]))];
  const state = (side: SideSeen | null): Node => {
    if (!side) return h('span', { class: 'text-secondary' }, 'Does not have it');
    if (!side.step) return h('span', { class: 'text-secondary' }, 'Not part of the run');
    const look = lookOf(side.step.status as Status, side.step.reused);
    return h('span', { class: `text-${look.tone}` }, icon(look.icon, 'me-1'), look.word);
  };
  const row = (title: string, cells: (Node | string)[], differ = false): HTMLElement =>
    h('tr', {}, h('th', { scope: 'row', class: 'fw-normal text-secondary' }, title, differ && icon('arrows-diff', 'ms-1'), differ && h('span', { class: 'visually-hidden' }, ' differs')), ...cells.map((cell) => h('td', { class: 'text-break' }, cell)));
  const told = (make: (side: SideSeen) => string): string[] => node.sides.map((side) => (side?.step ? make(side) : '–'));
  const link = (side: SideSeen | null): Node | string =>
    side?.step ? h('a', { href: `${context.home}/runs/${side.step.run_id}/` }, 'Open') : '–';
  return h(
    'div',
    { class: 'table-responsive' },
    h(
      'table',
      { class: 'table table-sm cmp-changes' },
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, h('span', { class: 'visually-hidden' }, 'What')), ...['Base', 'Other'].map((head, at) => h('th', { scope: 'col', title: titles[at] }, head)))),
      h(
        'tbody',
        {},
        row('State', node.sides.map(state)),
        row('Duration', told((side) => (side.step!.reused ? 'Reused' : duration(side.step!.seconds)))),
        row('Peak memory', told((side) => (side.step!.reused ? '–' : bytes(side.step!.peak_memory)))),
        ...keys.filter((key) => !key.endsWith(COLUMNS) || sides[0].get(key) !== sides[1].get(key)).map((key) => row(key, sides.map((side) => side.get(key) ?? '–'), sides[0].get(key) !== sides[1].get(key) && node.sides.every((side) => side?.step))),
        row('Why it was computed', told((side) => side.step!.error || side.step!.reason || '–')),
        row('Node', node.sides.map(link)),
      ),
    ),
  );
}

/** Settings that are alike: counted, and a click away. */
function otherParams(node: NodeSeen, paramTitle: (name: string) => string): HTMLElement | null {
  const changed = new Set(node.changes.map((change) => change.name));
  const side = node.sides[1] ?? node.sides[0];
  const same = Object.entries(side?.params ?? {}).filter(([name]) => !changed.has(name));
  if (!same.length) return null;
  return h(
    'details',
    { class: 'mt-3' },
    h('summary', { class: 'fs-4' }, node.sides.every(Boolean) ? `${number(same.length)} ${same.length === 1 ? 'parameter is' : 'parameters are'} the same` : `Parameters (${number(same.length)})`),
    h('dl', { class: 'studio-params mt-2' }, ...same.flatMap(([name, value]) => [h('dt', {}, paramTitle(name)), h('dd', {}, typeof value === 'string' ? value || '–' : JSON.stringify(value))])),
  );
}
