/** Which words are shown: those of the whole run, of one node, or of a file below `logs/` (one per rank, say). */

import { remember, remembered } from './address';
import type { Files } from './artifacts/files';
import { empty, h, replace } from './dom';
import { logView, type LogView } from './logs';

export interface LogSources {
  element: HTMLElement;
  /** A node has written lines; "" is the run itself. */
  wake: (node: string) => void;
  /** Nodes and files may have come. */
  show: (nodes: readonly { run_id: string; node_id: string; name: string }[]) => void;
  refresh: () => void;
}

interface Choice {
  id: string;
  title: string;
}

export function logSources(options: { base: string; run_id: string; files: Files; nameOf: (node: string) => string; isTracked: boolean }): LogSources {
  const select = h('select', { class: 'form-select', 'aria-label': 'Whose log' });
  const place = h('div', { class: 'studio-log-tall' });
  const element = h('div', { class: 'card' }, h('div', { class: 'card-body' }, h('div', { class: 'mb-2 studio-log-choice', hidden: true }, select), place));
  let nodes: readonly { run_id: string; node_id: string; name: string }[] = [];
  let logs: string[] = [];
  let looked = false;
  let shown = '-';
  let chosen = remembered('log');
  let view: LogView | null = null;

  const choices = (): Choice[] => [
    ...(options.isTracked && logs.length ? [] : [{ id: '', title: nodes.length ? 'All nodes' : 'The run' }]),
    ...nodes.map((node) => ({ id: `node:${node.node_id}`, title: node.name || node.node_id })),
    ...logs.map((path) => ({ id: `file:${path}`, title: fileTitle(path) })),
  ];

  const draw = (): void => {
    const all = choices();
    const signature = JSON.stringify(all);
    if (select.dataset.shown !== signature) {
      select.dataset.shown = signature;
      replace(select, ...all.map((choice) => h('option', { value: choice.id }, choice.title)));
    }
    element.querySelector<HTMLElement>('.studio-log-choice')!.hidden = all.length < 2;
    if (!all.some((choice) => choice.id === chosen)) {
      if (chosen && !looked) return; // the file that was asked for may still be found
      chosen = all[0]?.id ?? '';
    }
    select.value = chosen;
    open();
  };

  const open = (): void => {
    if (options.isTracked && !logs.length) {
      shown = '-';
      replace(place, empty('No log', 'A run that is tracked from elsewhere prints where it runs. To read its words here, log them as files below logs/, for each process one: mlflow.log_artifact("rank_0.log", "logs").'));
      return;
    }
    if (shown === chosen) return;
    shown = chosen;
    view?.stop();
    const [kind, ...rest] = chosen.split(':');
    const name = rest.join(':');
    const node = nodes.find((one) => one.node_id === name);
    view =
      kind === 'file'
        ? logView({ lines: options.files.lines(name), text: options.files.raw(name, true), merged: false, nameOf: () => '', timeless: true })
        : logView({ address: kind === 'node' && node ? `${options.base}/${node.run_id}` : `${options.base}/${options.run_id}`, merged: kind !== 'node', nameOf: options.nameOf });
    replace(place, view.element);
  };

  const find = async (): Promise<void> => {
    try {
      const found = await options.files.find('log');
      const paths = found.files.map((file) => file.path);
      looked = true;
      if (JSON.stringify(paths) !== JSON.stringify(logs)) logs = paths;
      draw();
      if (shown.startsWith('file:')) view?.wake();
    } catch {
      // The next look asks again.
    }
  };

  select.addEventListener('change', () => {
    chosen = select.value;
    remember('log', chosen);
    open();
  });
  draw();
  void find();
  return {
    element,
    wake: (node) => {
      if (!shown || shown === `node:${node}`) view?.wake();
    },
    show: (fresh) => {
      if (JSON.stringify(fresh.map((one) => [one.node_id, one.name])) === JSON.stringify(nodes.map((one) => [one.node_id, one.name]))) return;
      nodes = fresh.map(({ run_id, node_id, name }) => ({ run_id, node_id, name }));
      draw();
    },
    refresh: () => void find(),
  };
}

/** logs/rank_3.log is rank 3; other files have their names. */
export function fileTitle(path: string): string {
  const rank = /(?:^|[/_.-])rank[_-]?(\d+)/i.exec(path);
  const inner = path.replace(/^logs\//, '');
  return rank ? `Rank ${Number(rank[1])} (${inner})` : inner;
}
