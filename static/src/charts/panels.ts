/** Makes the panel of an id: a metric's lines, one that was proposed, or one that somebody added. */

import type { Chart, Place, Words } from './chart';
import { dragPanel } from './drag';
import { chartOf, titleOf as titleOfAdded } from './kinds';
import { field, type Named } from './fields';
import type { Grid } from './grid';
import { keyOf, type Section } from './layout';
import { openLarge } from './large';
import { linePanel } from './linePanel';
import { panel, type Panel } from './panel';
import type { Proposed } from './proposals';
import { withOrder, withSize, type Added, type Span, type WallState } from './state';

export interface Makes {
  place: Place;
  named(): Named;
  proposed(): Proposed[];
  sections(): readonly Section[];
  grid(): Grid;
  link(id: string): string;
}

export interface Maker {
  (id: string, section: string): Panel;
  titleOf(id: string): string;
  stop(): void;
}

export function panelMaker(o: Makes): Maker {
  let closeLarge: (() => void) | null = null;
  const { place } = o;
  const addedOf = (id: string): Added | undefined => place.state().added.find((added) => added.id === id) ?? o.proposed().find((added) => added.id === id);
  const sectionOf = (id: string): Section | undefined => o.sections().find((section) => section.panels.includes(id));

  const titleOf = (id: string): string => {
    const given = place.state().own[id]?.title;
    if (given) return given;
    const key = keyOf(id);
    if (key !== null) return key;
    const added = addedOf(id);
    return added ? added.title || titleOfAdded(added) : id;
  };
  /** Below the head of its group the group's name says nothing. */
  const shortTitle = (id: string): string => {
    const key = keyOf(id);
    const title = titleOf(id);
    return key !== null && title === key && !place.state().pinned.includes(id) ? key.slice(key.lastIndexOf('/') + 1) || key : title;
  };

  const chart = (id: string, words: Words, large: boolean): Chart => {
    const key = keyOf(id);
    const width = (): number => (large ? window.innerWidth * 0.7 : (o.grid().placed(id)?.width ?? 500));
    if (key !== null && isOnce(key)) return chartOf(place, words, { id, added: () => barsOf(id, key), width, large, change: () => {} });
    if (key !== null) return linePanel(place, words, { id, keys: () => [key], width, large });
    return chartOf(place, words, { id, added: () => addedOf(id), width, large, change: (make) => place.change((state) => withAdded(state, id, make, addedOf(id))) });
  };

  /** Of one value each, runs are compared as bars: a line of one point tells nothing. */
  const isOnce = (key: string): boolean => o.named().metrics.find((metric) => metric.key === key)?.values === 1;

  const isLines = (id: string): boolean => {
    const key = keyOf(id);
    return key === null ? addedOf(id)?.kind === 'line' : !isOnce(key);
  };

  const make = (id: string): Panel => {
    const moved = (target: string): void => {
      const section = sectionOf(target);
      if (section) place.change((state) => withOrder(state, section.panels, id, target));
    };
    const made = panel(id, {
      title: () => shortTitle(id),
      subtitle: () => titleOf(id),
      chart: (words) => chart(id, words, false),
      isPinned: () => place.state().pinned.includes(id),
      pin: (on) => place.change((state) => ({ ...state, pinned: on ? [...state.pinned, id] : state.pinned.filter((pinned) => pinned !== id) })),
      open() {
        closeLarge?.();
        closeLarge = openLarge({
          id,
          place,
          named: o.named,
          title: () => titleOf(id),
          isLines: isLines(id),
          added: () => addedOf(id),
          chart: (words) => chart(id, words, true),
          changeAdded: (change) => place.change((state) => withAdded(state, id, change, addedOf(id))),
          closed: () => {
            closeLarge = null;
            made.element.querySelector<HTMLElement>('.studio-panel-grip')?.focus({ preventScroll: true });
          },
        });
      },
      remove: removal(id),
      span: () => spanOf(place.state(), id, addedOf(id)),
      resize: (span) => place.change((state) => withSize(state, id, span)),
      move(by) {
        const section = sectionOf(id);
        const target = section?.panels[section.panels.indexOf(id) + by];
        if (target) moved(target);
      },
      link: () => o.link(id),
      extra: () => (keyOf(id) === null && !id.startsWith('added:') ? [{ label: 'Keep this chart as one of my own', icon: 'copy', act: () => keep(id) }] : []),
      drag: (event) =>
        dragPanel(event, {
          element: made.element,
          over: (x, y) => {
            const found = o.grid().panelAt(x, y);
            // Only within a section, or onto the pinned ones: groups are made by names.
            if (!found || found === id) return null;
            const [mine, other] = [sectionOf(id), sectionOf(found)];
            return mine?.id === other?.id || other?.id === 'pinned' ? found : null;
          },
          elementOf: (target) => document.querySelector<HTMLElement>(`[data-panel="${CSS.escape(target)}"]`),
          drop: moved,
        }),
    });
    return made;
  };

  function removal(id: string): { label: string; act: () => void } {
    if (id.startsWith('added:')) {
      return { label: 'Remove this chart', act: () => place.change((state) => ({ ...state, added: state.added.filter((added) => added.id !== id), pinned: state.pinned.filter((one) => one !== id) })) };
    }
    return { label: 'Hide this chart', act: () => place.change((state) => ({ ...state, hidden: [...state.hidden, id] })) };
  }

  function keep(id: string): void {
    const added = addedOf(id);
    if (!added) return;
    place.change((state) => {
      let number = 1;
      while (state.added.some((one) => one.id === `added:${number}`)) number += 1;
      return { ...state, added: [...state.added, { ...added, id: `added:${number}` }] };
    });
  }

  return Object.assign(make, { titleOf, stop: () => closeLarge?.() });
}

function barsOf(id: string, key: string): Added {
  return { id, kind: 'bars', title: '', list: [], fields: { metric: field('metric', key) }, axes: {} };
}

/** Axes side by side need width. */
export function spanOf(state: WallState, id: string, added: Added | undefined): Span {
  return state.sizes[id] ?? { columns: added?.kind === 'parallel' ? 2 : 1, rows: 1 };
}

/** The state with one added panel changed. A proposed one that somebody changes is remembered under its own id. */
function withAdded(state: WallState, id: string, make: (added: Added) => Added, now: Added | undefined): WallState {
  if (!now) return state;
  const changed = make(now);
  const known = state.added.some((added) => added.id === id);
  return { ...state, added: known ? state.added.map((added) => (added.id === id ? changed : added)) : [...state.added, changed] };
}
