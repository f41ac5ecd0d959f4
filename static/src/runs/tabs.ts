/** Tabs by the book: arrow keys move, the chosen one stands in the address. Panels are made when first shown. */

import { h } from './dom';

export interface Tab {
  id: string;
  title: string;
  make: () => HTMLElement;
  shown?: () => void;
  /** Not offered now; may come while the page is open. */
  isHidden?: () => boolean;
}

export interface Tabs {
  open: (id: string) => void;
  current: () => string;
  isMade: (id: string) => boolean;
  /** Something has come that a tab was hidden for. */
  refresh: () => void;
}

export function tabs(bar: HTMLElement, panels: HTMLElement, all: Tab[], start: string, changed: (id: string) => void): Tabs {
  const made = new Map<string, HTMLElement>();
  let current = '';
  let wanted = start;
  const buttons = new Map(
    all.map((tab) => [tab.id, h('button', { type: 'button', class: 'nav-link', role: 'tab', id: `tab-${tab.id}`, 'aria-controls': `panel-${tab.id}`, onclick: () => open(tab.id) }, tab.title)]),
  );
  const items = new Map(all.map((tab) => [tab.id, h('li', { class: 'nav-item', role: 'presentation' }, buttons.get(tab.id)!)]));
  bar.replaceChildren(...items.values());
  const offered = (): Tab[] => all.filter((tab) => tab.id === current || !tab.isHidden?.());
  bar.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const there = offered();
    const at = there.findIndex((tab) => tab.id === current);
    const to = event.key === 'Home' ? 0 : event.key === 'End' ? there.length - 1 : step ? (at + step + there.length) % there.length : -1;
    if (to < 0) return;
    event.preventDefault();
    open(there[to].id);
    buttons.get(there[to].id)!.focus();
  });
  function refresh(): void {
    // The tab that a link names may come later than the page.
    if (wanted && wanted !== current && offered().some((tab) => tab.id === wanted)) open(wanted);
    for (const tab of all) items.get(tab.id)!.hidden = tab.id !== current && Boolean(tab.isHidden?.());
  }
  function open(id: string): void {
    const tab = offered().find((one) => one.id === id) ?? all[0];
    if (tab.id === id) wanted = '';
    if (tab.id === current) return;
    current = tab.id;
    if (!made.has(tab.id)) {
      const panel = h('div', { role: 'tabpanel', id: `panel-${tab.id}`, 'aria-labelledby': `tab-${tab.id}` }, tab.make());
      made.set(tab.id, panel);
      panels.append(panel);
    }
    for (const [name, panel] of made) panel.hidden = name !== tab.id;
    for (const [name, button] of buttons) {
      const chosen = name === tab.id;
      button.classList.toggle('active', chosen);
      button.setAttribute('aria-selected', String(chosen));
      button.tabIndex = chosen ? 0 : -1;
    }
    for (const one of all) items.get(one.id)!.hidden = one.id !== current && Boolean(one.isHidden?.());
    // While a tab is awaited that a link names, the address goes on naming it.
    if (!wanted) changed(tab.id);
    tab.shown?.();
  }
  open(start);
  return { open, current: () => current, isMade: (id) => made.has(id), refresh };
}
