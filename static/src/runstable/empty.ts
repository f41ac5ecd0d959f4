/** What the page says where there is nothing to show. */

import { h, icon } from '../runs/dom';
import type { Lifecycle } from './view';

export interface EmptyOptions {
  workspace: string;
  filtered: boolean;
  lifecycle: Lifecycle;
  experiments: number;
  designer: string;
  account: string;
  mayRun: boolean;
  clear(): void;
}

const NONE: Partial<Record<Lifecycle, [string, string]>> = {
  archived: ['archive', 'No archived runs.'],
  deleted: ['trash', 'The bin is empty. Runs stay in it for 30 days.'],
};

export function emptyState(o: EmptyOptions): HTMLElement {
  if (o.filtered) {
    return h('div', { class: 'studio-empty' }, icon('filter-off'), h('p', {}, 'No run matches these filters.'), h('button', { type: 'button', class: 'btn', click: o.clear }, 'Clear the filters'));
  }
  const none = NONE[o.lifecycle];
  if (none) return h('div', { class: 'studio-empty' }, icon(none[0]), h('p', {}, none[1]));
  return h('div', { class: 'studio-empty rt-first' },
    icon('player-play'),
    h('p', {}, o.experiments ? 'Nothing has run here yet.' : 'Nothing has run in this workspace yet. Log from any Python program that uses MLflow:'),
    snippet(o.workspace),
    o.mayRun
      ? h('div', { class: 'btn-list justify-content-center' },
          h('a', { class: 'btn btn-primary', href: o.account }, icon('key', 'me-1'), 'Make a token'),
          h('a', { class: 'btn', href: o.designer }, icon('sitemap', 'me-1'), 'Draw a pipeline'),
        )
      : h('p', { class: 'text-secondary' }, 'Your role lets you look. An owner of the workspace can let you run things.'),
  );
}

/** Three lines that work as they stand, but for the token. */
export function snippet(workspace: string): HTMLElement {
  const lines = [`export MLFLOW_TRACKING_URI=${location.origin}/w/${workspace}`, 'export MLFLOW_TRACKING_TOKEN=<your token>', 'python -c "import mlflow; mlflow.log_metric(\'accuracy\', 0.93)"'];
  const code = h('pre', { class: 'rt-snippet', id: 'rt-snippet' }, lines.join('\n'));
  return h('div', { class: 'rt-snippet-frame' }, code, h('button', { type: 'button', class: 'btn btn-sm btn-icon', 'data-copy': '#rt-snippet', 'aria-label': 'Copy the lines', title: 'Copy' }, icon('copy')));
}
