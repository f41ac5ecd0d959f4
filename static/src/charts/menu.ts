/** A menu at a button, made when it is opened: five thousand panels have none until somebody asks. */

import { h, icon, replace } from '../runs/dom';

export type Item = { label: string; icon: string; act: () => void; checked?: boolean } | 'line' | null | undefined | false;

export function menuButton(label: string, iconName: string, items: () => Item[]): HTMLElement {
  const list = h('div', { class: 'dropdown-menu dropdown-menu-end', role: 'menu' });
  const button = h(
    'button',
    { type: 'button', class: 'btn btn-icon btn-ghost-secondary btn-sm', 'data-bs-toggle': 'dropdown', 'aria-expanded': 'false', 'aria-label': label, title: label },
    icon(iconName),
  );
  const element = h('div', { class: 'dropdown' }, button, list);
  element.addEventListener('show.bs.dropdown', () => replace(list, ...items().map(itemOf)));
  return element;
}

export function itemOf(item: Item): HTMLElement | null {
  if (!item) return null;
  if (item === 'line') return h('div', { class: 'dropdown-divider', role: 'separator' });
  const checkable = item.checked !== undefined;
  return h(
    'button',
    { type: 'button', class: 'dropdown-item', role: checkable ? 'menuitemcheckbox' : 'menuitem', 'aria-checked': checkable ? String(item.checked) : null, onclick: item.act },
    icon(item.checked ? 'check' : item.icon, 'dropdown-item-icon'),
    item.label,
  );
}

export function iconButton(name: string, label: string, act: () => void): HTMLButtonElement {
  return h('button', { type: 'button', class: 'btn btn-icon btn-ghost-secondary btn-sm', title: label, 'aria-label': label, onclick: act }, icon(name));
}
