/** Tabs by the book: arrow keys move, the chosen one stands in the address. Panels are made when first shown. */

import { h } from './dom';

export interface Tab {
  id: string;
  title: string;
  make: () => HTMLElement;
  shown?: () => void;
}

export interface Tabs {
  open: (id: string) => void;
  current: () => string;
  isMade: (id: string) => boolean;
}

export function tabs(bar: HTMLElement, panels: HTMLElement, all: Tab[], start: string, changed: (id: string) => void): Tabs {
  const made = new Map<string, HTMLElement>();
  let current = '';
  const buttons = all.map((tab) =>
    h('button', { type: 'button', class: 'nav-link', role: 'tab', id: `tab-${tab.id}`, 'aria-controls': `panel-${tab.id}`, onclick: () => open(tab.id) }, tab.title),
  );
  bar.replaceChildren(...buttons.map((button) => h('li', { class: 'nav-item', role: 'presentation' }, button)));
  bar.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = all.findIndex((tab) => tab.id === current);
    const to = event.key === 'Home' ? 0 : event.key === 'End' ? all.length - 1 : step ? (at + step + all.length) % all.length : -1;
    if (to < 0) return;
    event.preventDefault();
    open(all[to].id);
    buttons[to].focus();
  });
  function open(id: string): void {
    const tab = all.find((one) => one.id === id) ?? all[0];
    if (tab.id === current) return;
    current = tab.id;
    if (!made.has(tab.id)) {
      const panel = h('div', { role: 'tabpanel', id: `panel-${tab.id}`, 'aria-labelledby': `tab-${tab.id}` }, tab.make());
      made.set(tab.id, panel);
      panels.append(panel);
    }
    for (const [name, panel] of made) panel.hidden = name !== tab.id;
    buttons.forEach((button, at) => {
      const chosen = all[at].id === tab.id;
      button.classList.toggle('active', chosen);
      button.setAttribute('aria-selected', String(chosen));
      button.tabIndex = chosen ? 0 : -1;
    });
    changed(tab.id);
    tab.shown?.();
  }
  open(start);
  return { open, current: () => current, isMade: (id) => made.has(id) };
}
