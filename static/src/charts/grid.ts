/** The wall's panels in the page: only those in or near the window are there at all. */

import { h, icon } from '../runs/dom';
import { number } from '../app/format';
import { between, layOut, type Layout, type Placed, type Section } from './layout';
import type { Panel } from './panel';
import type { Span } from './state';

export interface Grid {
  element: HTMLElement;
  lay(sections: readonly Section[], sizes: Record<string, Span>, columns: number): void;
  each(act: (panel: Panel) => void): void;
  /** All panels anew. */
  clear(): void;
  /** Scroll there; false where there is no such panel. */
  reveal(id: string): boolean;
  placed(id: string): Placed | undefined;
  width(): number;
  panelAt(x: number, y: number): string | null;
  stop(): void;
}

/** Made a little before they are seen; taken away when far. */
const NEAR = 300;
const FAR = 1500;

export function grid(make: (id: string, section: string) => Panel, toggle: (section: Section) => void): Grid {
  const element = h('div', { class: 'studio-wall-grid' });
  const panels = new Map<string, Panel>();
  const heads = new Map<string, { element: HTMLElement; shown: string }>();
  let layout: Layout = { heads: [], panels: [], height: 0, columns: 1 };
  let places = new Map<string, Placed>();
  let sections: readonly Section[] = [];
  let sizes: Record<string, Span> = {};
  let columns = 0;
  let width = 0;
  let stopped = false;

  const arrange = (): void => {
    if (!width) return;
    layout = layOut(sections, sizes, width, columns);
    places = new Map(layout.panels.map((placed) => [placed.id, placed]));
    element.style.height = `${layout.height}px`;
    sync();
  };

  /** Panels as the window shows them now: the missing are made, the far are taken away, all stand in the order of reading. */
  function sync(): void {
    if (stopped || !width || !element.isConnected) return;
    const top = -element.getBoundingClientRect().top;
    const bottom = top + window.innerHeight;
    const near = new Set(between(layout, top - NEAR, bottom + NEAR).map((placed) => placed.id));
    const kept = between(layout, top - FAR, bottom + FAR);
    const focused = document.activeElement;
    const shown: { top: number; left: number; element: HTMLElement }[] = [];
    const alive = new Set<string>();
    for (const placed of kept) {
      let panel = panels.get(placed.id);
      if (!panel && !near.has(placed.id)) continue;
      if (!panel) {
        panel = make(placed.id, placed.section);
        panels.set(placed.id, panel);
      }
      alive.add(placed.id);
      panel.put(placed);
      shown.push({ top: placed.top, left: placed.left, element: panel.element });
    }
    for (const [id, panel] of panels) {
      const place = places.get(id);
      // Who works in a panel keeps it, wherever the page was scrolled to.
      if (alive.has(id)) continue;
      if (place && panel.element.contains(focused)) {
        shown.push({ top: place.top, left: place.left, element: panel.element });
        continue;
      }
      panel.stop();
      panels.delete(id);
    }
    const wanted = layout.heads.filter((head) => head.top >= top - FAR && head.top <= bottom + FAR);
    const open = new Set(wanted.map((head) => head.section.id));
    for (const [id, head] of heads) {
      if (open.has(id)) continue;
      head.element.remove();
      heads.delete(id);
    }
    for (const { section, top: at } of wanted) shown.push({ top: at, left: -1, element: headOf(section, at) });
    shown.sort((one, other) => one.top - other.top || one.left - other.left);
    let next: ChildNode | null = element.firstChild;
    for (const { element: child } of shown) {
      if (child === next) next = next.nextSibling;
      else element.insertBefore(child, next);
    }
    // An element that changes its place loses the focus.
    if (focused instanceof HTMLElement && focused !== document.activeElement && element.contains(focused)) focused.focus({ preventScroll: true });
  }

  function headOf(section: Section, top: number): HTMLElement {
    const sign = JSON.stringify([section.title, section.panels.length, section.closed]);
    let head = heads.get(section.id);
    if (!head || head.shown !== sign) {
      const made = h(
        'h2',
        { class: 'studio-wall-section' },
        h('button', { type: 'button', class: 'studio-wall-toggle', 'aria-expanded': String(!section.closed), onclick: () => toggle(section) }, icon(section.closed ? 'chevron-right' : 'chevron-down'),
          h('span', { class: 'text-truncate' }, section.title), h('span', { class: 'badge bg-secondary-lt' }, number(section.panels.length))),
      ); // prettier-ignore
      const hadFocus = head?.element.contains(document.activeElement);
      head?.element.replaceWith(made);
      if (hadFocus) made.querySelector('button')?.focus({ preventScroll: true });
      head = { element: made, shown: sign };
      heads.set(section.id, head);
    }
    head.element.style.transform = `translateY(${top}px)`;
    return head.element;
  }

  let scheduled = false;
  const soon = (): void => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      sync();
    });
  };
  const sized = new ResizeObserver(([entry]) => {
    if (entry.contentRect.width === width) return;
    width = entry.contentRect.width;
    arrange();
  });
  sized.observe(element);
  // Whatever scrolls: the page, or a part of it that the wall stands in.
  document.addEventListener('scroll', soon, { capture: true, passive: true });
  window.addEventListener('resize', soon);

  return {
    element,
    lay(given, spans, count) {
      sections = given;
      sizes = spans;
      columns = count;
      arrange();
    },
    each: (act) => panels.forEach(act),
    clear() {
      panels.forEach((panel) => panel.stop());
      panels.clear();
      sync();
    },
    reveal(id) {
      const placed = places.get(id);
      if (!placed) return false;
      const marker = h('div', { class: 'studio-wall-marker' });
      marker.style.top = `${placed.top}px`;
      element.append(marker);
      marker.scrollIntoView({ block: 'start' });
      marker.remove();
      sync();
      const card = panels.get(id)?.element;
      card?.classList.add('is-found');
      card?.querySelector<HTMLElement>('.studio-chart')?.focus({ preventScroll: true });
      setTimeout(() => card?.classList.remove('is-found'), 2500);
      return true;
    },
    placed: (id) => places.get(id),
    width: () => width,
    panelAt(x, y) {
      const area = element.getBoundingClientRect();
      const [left, top] = [x - area.left, y - area.top];
      const found = between(layout, top, top).find((placed) => left >= placed.left && left <= placed.left + placed.width && top >= placed.top);
      return found?.id ?? null;
    },
    stop() {
      stopped = true;
      sized.disconnect();
      document.removeEventListener('scroll', soon, { capture: true });
      window.removeEventListener('resize', soon);
      panels.forEach((panel) => panel.stop());
      panels.clear();
    },
  };
}
