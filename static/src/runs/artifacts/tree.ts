/** The files of a run as a tree: folders are read when they are opened, a thousand entries at a time. */

import { sentence } from '../../app/api';
import { bytes, number } from '../../app/format';
import { h, icon, replace } from '../dom';
import { foldersAbove, iconOf, type Entry, type Files } from './files';

export interface Tree {
  element: HTMLElement;
  /** Open the folders above and mark it. */
  reveal: (path: string) => Promise<Entry | null>;
  /** Read what is open once more. */
  refresh: () => Promise<void>;
}

interface Folder {
  path: string;
  level: number;
  list: HTMLElement;
  read: number;
  total: number;
  entries: Map<string, Entry>;
}

export function treeView(files: Files, chosen: (entry: Entry) => void): Tree {
  const list = h('div', { role: 'group' });
  const element = h('div', { class: 'studio-tree', role: 'tree', 'aria-label': 'Files' }, list);
  const folders = new Map<string, Folder>([['', { path: '', level: 1, list, read: 0, total: -1, entries: new Map() }]]);
  let current = '';

  const read = async (folder: Folder, again = false): Promise<void> => {
    const offset = again ? 0 : folder.read;
    const wanted = again ? Math.max(folder.read, 1) : offset + 1;
    const found: Entry[] = [];
    let total = 0;
    for (let at = offset; at < wanted; ) {
      const page = await files.folder(folder.path, at);
      found.push(...page.entries);
      total = page.total;
      at += page.entries.length || wanted;
    }
    const before = again ? JSON.stringify([[...folder.entries.values()], folder.total]) : '';
    if (again) folder.entries.clear();
    for (const entry of found) folder.entries.set(entry.path, entry);
    folder.read = offset + found.length;
    folder.total = total;
    // Drawing anew would close what is open and take the focus away: only where something has come or gone.
    if (!again || before !== JSON.stringify([[...folder.entries.values()], total])) draw(folder);
  };

  const draw = (folder: Folder): void => {
    const focused = folder.list.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset.path : undefined;
    const rows: HTMLElement[] = [];
    for (const entry of folder.entries.values()) {
      rows.push(row(entry, folder.level));
      if (entry.is_dir) rows.push(folders.get(entry.path)?.list ?? h('div', { role: 'group', hidden: true, 'data-inside': entry.path }));
    }
    if (folder.read < folder.total) {
      const more = h('button', { type: 'button', class: 'btn btn-sm m-2', onclick: () => void read(folder).catch(failed(folder)) }, `Show more: ${number(folder.read)} of ${number(folder.total)}`);
      rows.push(more);
    }
    if (!folder.total) rows.push(h('p', { class: 'text-secondary small m-2' }, folder.path ? 'This folder is empty.' : 'No files.'));
    replace(folder.list, ...rows);
    if (focused) folder.list.querySelector<HTMLElement>(`[data-path="${CSS.escape(focused)}"]`)?.focus();
    tabbable();
  };

  const row = (entry: Entry, level: number): HTMLElement => {
    const isOpen = folders.has(entry.path) && !folders.get(entry.path)!.list.hidden;
    const made = h(
      'div',
      {
        class: `studio-tree-row ${entry.path === current ? 'is-current' : ''}`,
        role: 'treeitem',
        tabindex: '-1',
        'aria-level': level,
        'aria-selected': String(entry.path === current),
        'aria-expanded': entry.is_dir ? String(isOpen) : undefined,
        'data-path': entry.path,
        title: entry.name,
        onclick: () => void act(entry),
      },
      icon(entry.is_dir ? (isOpen ? 'chevron-down' : 'chevron-right') : 'point', `studio-tree-mark ${entry.is_dir ? '' : 'invisible'}`),
      icon(entry.is_dir && isOpen ? 'folder-open' : iconOf(entry.kind), 'text-secondary'),
      h('span', { class: 'studio-tree-name' }, entry.name),
      entry.size !== null && h('span', { class: 'text-secondary small ms-auto ps-2 text-nowrap' }, bytes(entry.size)),
    );
    made.style.paddingInlineStart = `${0.5 + 1.1 * Math.min(level - 1, 15)}rem`;
    return made;
  };

  const act = async (entry: Entry): Promise<void> => {
    mark(entry.path);
    chosen(entry);
    if (entry.is_dir) await toggle(entry);
  };

  const toggle = async (entry: Entry, open?: boolean): Promise<void> => {
    let folder = folders.get(entry.path);
    const isOpen = Boolean(folder && !folder.list.hidden);
    if (open === isOpen) return;
    if (!folder) {
      const place = element.querySelector<HTMLElement>(`[data-inside="${CSS.escape(entry.path)}"]`);
      if (!place) return;
      const level = Number(element.querySelector(`[data-path="${CSS.escape(entry.path)}"]`)?.getAttribute('aria-level') ?? 1) + 1;
      folder = { path: entry.path, level, list: place, read: 0, total: -1, entries: new Map() };
      folders.set(entry.path, folder);
      place.hidden = false;
      replace(place, h('p', { class: 'text-secondary small m-2' }, 'Reading …'));
      await read(folder).catch(failed(folder));
    } else {
      folder.list.hidden = isOpen;
    }
    const before = element.querySelector<HTMLElement>(`[data-path="${CSS.escape(entry.path)}"]`);
    if (before) {
      const after = row(entry, folder.level - 1);
      const focused = before === document.activeElement;
      before.replaceWith(after);
      tabbable();
      if (focused) after.focus();
    }
  };

  const failed = (folder: Folder) => (error: unknown): void => replace(folder.list, h('p', { class: 'text-danger small m-2', role: 'alert' }, sentence(error)));

  const mark = (path: string): void => {
    current = path;
    for (const item of element.querySelectorAll<HTMLElement>('[role=treeitem]')) {
      const is = item.dataset.path === path;
      item.classList.toggle('is-current', is);
      item.setAttribute('aria-selected', String(is));
    }
    tabbable();
  };

  /** One row of the tree is reached by Tab; the arrows lead on from there. */
  const tabbable = (): void => {
    const all = visible();
    const one = all.find((item) => item === document.activeElement) ?? all.find((item) => item.dataset.path === current) ?? all[0];
    for (const item of all) item.tabIndex = item === one ? 0 : -1;
  };

  const visible = (): HTMLElement[] => [...element.querySelectorAll<HTMLElement>('[role=treeitem]')].filter((item) => !item.closest('[hidden]'));

  const entryOf = (path: string): Entry | undefined => {
    for (const folder of folders.values()) if (folder.entries.has(path)) return folder.entries.get(path);
    return undefined;
  };

  element.addEventListener('keydown', (event) => {
    const item = (event.target as HTMLElement).closest<HTMLElement>('[role=treeitem]');
    if (!item) return;
    const all = visible();
    const at = all.indexOf(item);
    const entry = entryOf(item.dataset.path ?? '');
    const isOpen = item.getAttribute('aria-expanded') === 'true';
    const go = (to: HTMLElement | undefined): void => {
      if (!to) return;
      to.focus();
      tabbable();
    };
    if (event.key === 'ArrowDown') go(all[at + 1]);
    else if (event.key === 'ArrowUp') go(all[at - 1]);
    else if (event.key === 'Home') go(all[0]);
    else if (event.key === 'End') go(all.at(-1));
    else if (event.key === 'ArrowRight' && entry?.is_dir) void (isOpen ? go(all[at + 1]) : toggle(entry, true));
    else if (event.key === 'ArrowLeft') {
      if (entry?.is_dir && isOpen) void toggle(entry, false);
      else go(all.find((one) => one.dataset.path === foldersAbove(item.dataset.path ?? '').at(-1)));
    } else if ((event.key === 'Enter' || event.key === ' ') && entry) void act(entry);
    else return;
    event.preventDefault();
  });

  return {
    element,
    reveal: async (path) => {
      const top = folders.get('')!;
      if (top.total < 0) await read(top).catch(failed(top));
      for (const folder of foldersAbove(path)) {
        const entry = entryOf(folder);
        if (!entry?.is_dir) return null;
        await toggle(entry, true);
      }
      const entry = entryOf(path);
      mark(path);
      element.querySelector(`[data-path="${CSS.escape(path)}"]`)?.scrollIntoView({ block: 'nearest' });
      return entry ?? null;
    },
    refresh: async () => {
      for (const folder of [...folders.values()]) if (!folder.list.closest('[hidden]')) await read(folder, folder.total >= 0).catch(() => {});
    },
  };
}
