/** The files of a run: the tree on the left, what was chosen on the right. */

import { sentence } from '../../app/api';
import { number } from '../../app/format';
import type { LoggedModel } from '../about';
import { copyText } from '../actions';
import { remember, remembered } from '../address';
import { h, icon, replace } from '../dom';
import { filesAt, type Entry, type Files } from './files';
import { modelFolder } from './modelFolder';
import { treeView, type Tree } from './tree';
import { viewFile } from './viewer';

export interface BrowserContext {
  /** /api/v1/w/<workspace> */
  api: string;
  workspace: string;
  run_id: string;
  mayRegister: boolean;
  models: () => readonly LoggedModel[];
  changed: () => void;
}

export interface Browser {
  element: HTMLElement;
  refresh: () => void;
  open: (path: string) => void;
}

/** A root is the run itself, or one of the models that were logged with it and lie in a folder of their own. */
interface Root {
  id: string;
  title: string;
  base: string;
  files: Files;
  tree: Tree;
}

export function artifactBrowser(context: BrowserContext): Browser {
  const trees = h('div', { class: 'studio-trees' });
  const viewer = h('div', { class: 'studio-output' });
  const element = h('div', { class: 'studio-outputs' }, h('nav', { class: 'card', 'aria-label': 'Artifacts' }, trees), viewer);
  const roots = new Map<string, Root>();
  let stop: () => void = () => {};
  let round = 0;

  const rootOf = (id: string, title: string, base: string): Root => {
    const files = filesAt(base);
    const root: Root = { id, title, base, files, tree: treeView(files, (entry) => chosen(root, entry)) };
    roots.set(id, root);
    trees.append(
      h(
        'section',
        { 'aria-label': title },
        h(
          'div',
          { class: 'studio-tree-title' },
          icon(id ? 'box' : 'folders', 'me-1'),
          h('span', { class: 'flex-fill studio-name' }, title),
          id && h('button', { type: 'button', class: 'btn btn-sm btn-ghost-secondary', onclick: () => chosen(root, null) }, 'Model'),
          h('a', { class: 'btn btn-icon btn-sm btn-ghost-secondary', href: files.zip(''), download: true, title: 'Download all of it as a zip', 'aria-label': `Download all of ${title} as a zip` }, icon('download')),
        ),
        root.tree.element,
      ),
    );
    return root;
  };

  const own = rootOf('', 'Files of this run', `${context.api}/runs/${context.run_id}/artifacts`);
  const syncModels = (): void => {
    for (const model of context.models()) {
      if (model.direction === 'output' && !roots.has(model.model_id)) void rootOf(model.model_id, model.name, `${context.api}/logged-models/${model.model_id}/artifacts`).tree.reveal('');
    }
  };

  const chosen = (root: Root, entry: Entry | null): void => {
    const path = entry?.path ?? '';
    remember('path', root.id ? `${root.id}/${path}` : path);
    for (const other of roots.values()) if (other !== root) for (const row of other.tree.element.querySelectorAll('.is-current')) row.classList.remove('is-current');
    void view(root, path, entry === null || entry.is_dir);
  };

  const view = async (root: Root, path: string, isFolder: boolean): Promise<void> => {
    const mine = ++round;
    stop();
    stop = () => {};
    const body = h('div', { class: 'card-body text-secondary' }, 'Reading …');
    const name = path.split('/').at(-1) || root.title;
    const head = h('div', { class: 'card-header flex-wrap gap-2' }, h('div', { class: 'flex-fill studio-name' }, h('h2', { class: 'card-title' }, name), h('div', { class: 'text-secondary small' }, path.includes('/') ? path : '')));
    const tools = h('div', { class: 'btn-list' });
    head.append(tools);
    replace(viewer, h('section', { class: 'card', 'aria-label': name }, head, body));
    // On a narrow page it stands below the tree.
    if (!isFolder && viewer.getBoundingClientRect().top > innerHeight * 0.8) viewer.scrollIntoView({ block: 'start' });
    try {
      if (isFolder) {
        tools.append(h('a', { class: 'btn btn-sm', href: root.files.zip(path), download: true }, icon('download', 'me-1'), 'Zip'));
        const page = await root.files.folder(path);
        if (mine !== round) return;
        body.className = 'card-body';
        if (page.entries.some((one) => one.name === 'MLmodel')) await modelFolder(body, { root: root.base, path, ...context, tools, model: root.id });
        else replace(body, h('p', { class: 'text-secondary m-0' }, `A folder with ${number(page.total)} ${page.total === 1 ? 'entry' : 'entries'}.`));
        return;
      }
      tools.append(
        h('button', { type: 'button', class: 'btn btn-sm', onclick: () => copyText(path, 'The path') }, icon('copy', 'me-1'), 'Copy path'),
        h('a', { class: 'btn btn-sm', href: root.files.raw(path, true), download: true }, icon('download', 'me-1'), 'Download'),
      );
      const seen = await root.files.preview(path);
      if (mine !== round) return;
      const made = await viewFile(body, seen, root.files);
      if (mine === round) stop = made;
      else made();
    } catch (error) {
      if (mine === round) replace(body, h('div', { class: 'alert alert-danger m-0', role: 'alert' }, sentence(error)));
    }
  };

  const open = async (whole: string): Promise<void> => {
    const [first, ...rest] = whole.split('/');
    const root = roots.get(first) ?? own;
    const path = root === own ? whole : rest.join('/');
    const entry = await root.tree.reveal(path);
    if (entry) void view(root, path, entry.is_dir);
    else if (root !== own) void view(root, '', true);
    else if (path) replace(viewer, h('div', { class: 'alert alert-warning', role: 'alert' }, `There is no ${path} among the files of this run. It may not have been logged yet.`));
    else replace(viewer, h('div', { class: 'card' }, h('div', { class: 'studio-empty' }, icon('file-search'), h('p', {}, 'Choose a file to look at it.'))));
  };

  syncModels();
  void open(remembered('path'));
  return {
    element,
    open: (path) => {
      remember('path', path);
      void open(path);
    },
    refresh: () => {
      syncModels();
      for (const root of roots.values()) void root.tree.refresh();
    },
  };
}
