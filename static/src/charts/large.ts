/** One chart as large as the window, with its settings beside it and its numbers below. */

import { h, icon, replace } from '../runs/dom';
import type { Chart, Place, Words } from './chart';
import type { Named } from './fields';
import { kindForm } from './kindForm';
import { lookForm } from './lookForm';
import { iconButton } from './menu';
import { tableElements } from './panel';
import { lookOf, withOwn, type Added, type Look } from './state';

export interface LargeOptions {
  id: string;
  place: Place;
  named(): Named;
  title(): string;
  isLines: boolean;
  added(): Added | undefined;
  chart(words: Words): Chart;
  changeAdded(make: (added: Added) => Added): void;
  closed(): void;
}

export function openLarge(o: LargeOptions): () => void {
  const note = h('span', { class: 'studio-panel-note' });
  const heading = h('h2', { class: 'studio-large-title' }, o.title());
  const busy = h('span', { class: 'studio-panel-busy', hidden: true, role: 'status' }, h('span', { class: 'visually-hidden' }, 'Reading values'));
  const chart = o.chart({ note: (text) => void (note.textContent = text), busy: (on) => void (busy.hidden = !on) });
  const numbers = h('div', { class: 'studio-large-numbers table-responsive', hidden: true, tabindex: '0', role: 'region', 'aria-label': 'Numbers' });
  const table = iconButton('table', 'Show the numbers as a table', () => {
    numbers.hidden = !numbers.hidden;
    table.setAttribute('aria-pressed', String(!numbers.hidden));
    if (!numbers.hidden) replace(numbers, ...tableElements(chart.table()));
  });
  const settings = h('aside', { class: 'studio-large-settings', 'aria-label': 'Settings of this chart' });
  const dialog = h(
    'dialog',
    { class: 'studio-large', 'aria-label': o.title() },
    h('header', { class: 'studio-large-head' }, heading, note, h('span', { class: 'ms-auto' }), busy, table, iconButton('x', 'Close', () => dialog.close())),
    h('div', { class: 'studio-large-body' }, h('div', { class: 'studio-large-chart' }, chart.element, numbers), settings),
  );
  const changed = (): void => {
    heading.textContent = o.title();
    chart.update();
  };

  const own = (change: Partial<Look>): void => {
    o.place.change((state) => withOwn(state, o.id, change));
    changed();
  };
  const rename = h('input', { class: 'form-control form-control-sm', 'aria-label': 'Title', placeholder: o.title(), maxlength: 200 });
  rename.value = o.place.state().own[o.id]?.title ?? '';
  rename.addEventListener('change', () => {
    o.place.change((state) => withOwn(state, o.id, { title: rename.value.trim() || undefined }));
    changed();
  });
  replace(settings, h('label', { class: 'form-label' }, 'Title'), rename);
  if (o.added()) {
    settings.append(
      kindForm({
        named: o.named(),
        added: () => o.added()!,
        change: (make) => {
          o.changeAdded(make);
          changed();
        },
      }),
    );
  }
  if (o.isLines) {
    const look = lookForm({ look: () => lookOf(o.place.state(), o.id), metrics: () => o.named().metrics.map((metric) => metric.key), change: own });
    settings.append(
      look.element,
      h(
        'button',
        {
          type: 'button',
          class: 'btn btn-sm mt-2',
          onclick: () => {
            own({ x: undefined, smoothing: undefined, smoother: undefined, original: undefined, logX: undefined, logY: undefined });
            look.show();
          },
        },
        icon('arrow-back-up', 'me-1'),
        'As on the wall',
      ),
      h('p', { class: 'text-secondary small mt-3 mb-0' }, 'Drag over the chart or turn the wheel to zoom, double-click for all. On the wall the wheel zooms with Ctrl.'),
    );
  }

  let open = true;
  const close = (): void => {
    if (!open) return;
    open = false;
    chart.stop();
    dialog.remove();
    o.closed();
  };
  dialog.addEventListener('close', close);
  document.body.append(dialog);
  dialog.showModal();
  return () => dialog.close();
}
