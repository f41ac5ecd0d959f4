/**
 * Two texts and what differs between them, side by side or in one column.
 *
 *     const diff = codeDiff(element, { left, right, language: 'python', titles: ['Run A', 'Run B'] });
 *     diff.stop();
 *
 * The editor is fetched when the first difference is shown.
 */

import './diff.css';

import { h, icon, replace } from '../runs/dom';
import type { MergeModule } from './merge';

export interface DiffOptions {
  left: string;
  right: string;
  /** "python", "sql", "json", "yaml", "markdown", "notebook"; anything else is plain text. */
  language: string;
  titles: [string, string];
}

export interface Diff {
  stop: () => void;
}

type Layout = 'side' | 'inline';
const NARROW = 760;
/** A person's last choice holds for the next difference too. */
let chosen: Layout | null = null;
let loading: Promise<MergeModule> | undefined;

export function codeDiff(element: HTMLElement, options: DiffOptions): Diff {
  const left = readable(options.left, options.language);
  const right = readable(options.right, options.language);
  const body = h('div', { class: 'code-diff-body' }, h('p', { class: 'text-secondary m-3' }, 'One moment …'));
  const same = left === right;
  let stop = (): void => {};
  let stopped = false;
  let shown = 0;

  const buttons = (['side', 'inline'] as const).map((layout) =>
    h(
      'button',
      {
        type: 'button', class: 'btn btn-sm', 'data-layout': layout,
        onclick: () => {
          chosen = layout;
          void draw();
        },
      }, // prettier-ignore
      icon(layout === 'side' ? 'layout-columns' : 'layout-rows', 'me-1'),
      layout === 'side' ? 'Side by side' : 'In one column',
    ),
  );
  const draw = async (): Promise<void> => {
    const layout = chosen ?? (element.clientWidth > 0 && element.clientWidth < NARROW ? 'inline' : 'side');
    for (const button of buttons) {
      button.classList.toggle('active', button.dataset.layout === layout);
      button.setAttribute('aria-pressed', String(button.dataset.layout === layout));
    }
    titles.hidden = layout === 'inline' || same;
    const mine = (shown += 1);
    loading ??= import('./merge');
    const module = await loading;
    if (stopped || mine !== shown) return;
    stop();
    replace(body);
    const language = options.language === 'notebook' ? 'python' : options.language;
    stop = same ? module.single(body, right, language, options.titles[1]) : module[layout](body, left, right, language, options.titles);
  };
  const titles = h('div', { class: 'code-diff-titles' }, h('div', {}, icon('minus', 'text-red me-1'), options.titles[0]), h('div', {}, icon('plus', 'text-green me-1'), options.titles[1]));
  replace(
    element,
    h(
      'div',
      { class: 'code-diff' },
      h(
        'div',
        { class: 'code-diff-bar' },
        same && h('span', { class: 'text-secondary' }, icon('equal', 'me-1'), 'Both are the same.'),
        !same && h('span', { class: 'text-secondary small' }, `“${options.titles[0]}” → “${options.titles[1]}”`),
        !same && h('span', { class: 'btn-group ms-auto', role: 'group', 'aria-label': 'Layout of the difference' }, ...buttons),
      ),
      titles,
      body,
    ),
  );
  draw().catch(() => {
    loading = undefined;
    replace(body, h('div', { class: 'alert alert-danger m-3', role: 'alert' }, 'The editor could not be fetched. Reload the page.'));
  });
  return {
    stop: () => {
      stopped = true;
      stop();
    },
  };
}

/** A notebook as the text of its cells, without outputs and counters: what a person wrote. Anything else as it is. */
export function readable(text: string, language: string): string {
  if (language !== 'notebook') return text;
  try {
    const cells = (JSON.parse(text) as { cells?: { cell_type?: string; source?: string | string[] }[] }).cells;
    if (!Array.isArray(cells)) return text;
    return cells
      .map(({ cell_type, source }) => {
        const lines = (Array.isArray(source) ? source.join('') : (source ?? '')).replace(/\n$/, '');
        return cell_type === 'code' ? `# %%\n${lines}\n` : `# %% [${cell_type ?? 'raw'}]\n${lines.replace(/^/gm, '# ')}\n`;
      })
      .join('\n');
  } catch {
    return text;
  }
}
