/** What a chart that somebody added shows: the form of it. */

import { h } from '../runs/dom';
import { allFields } from './adding';
import { fieldTitle, type Named } from './fields';
import { labelled } from './lookForm';
import type { Added } from './state';

/** For each kind: which fields it has, and what they are called. */
const ASKED: Record<Added['kind'], [string, string, boolean][]> = {
  line: [],
  bars: [['metric', 'Value', false]],
  scatter: [['x', 'X axis', false], ['y', 'Y axis', false], ['color', 'Colour', true], ['size', 'Size', true]],
  parallel: [['color', 'Colour', true]],
  boxes: [['metric', 'Value', false], ['by', 'For each', false]],
  importance: [['metric', 'Metric', false]],
}; // prettier-ignore

/** More than this a list is searched, not read: the field takes any name. */
const MOST_OPTIONS = 3000;

export function kindForm(o: { named: Named; added(): Added; change(make: (added: Added) => Added): void }): HTMLElement {
  const fields = allFields(o.named).slice(0, MOST_OPTIONS);
  const byTitle = new Map(fields.map(({ field, title }) => [title, field]));
  const list = h('datalist', { id: 'chart-fields' }, ...fields.map(({ title }) => h('option', { value: title })));
  const element = h('div', { class: 'studio-look' }, list);

  for (const [name, label, optional] of ASKED[o.added().kind]) {
    const input = h('input', { class: 'form-control form-control-sm', list: 'chart-fields', 'aria-label': label, placeholder: optional ? 'None' : 'A parameter or metric', spellcheck: 'false' });
    const now = o.added().fields[name];
    input.value = now ? fieldTitle(now) : '';
    input.addEventListener('change', () => {
      const asked = input.value.trim();
      const field = byTitle.get(asked) ?? asked;
      if (asked && !/^(metrics|params|tags|attributes)\./.test(field)) {
        input.classList.add('is-invalid');
        input.title = 'Choose one of the list, or write a field as in the runs table, such as params.depth.';
        return;
      }
      input.classList.remove('is-invalid');
      o.change((added) => ({ ...added, fields: { ...added.fields, [name]: field } }));
    });
    element.append(labelled(label, input));
    if (['x', 'y'].includes(name)) {
      const log = h('select', { class: 'form-select form-select-sm', 'aria-label': `Scale of the ${name} axis` }, h('option', { value: '' }, 'As the values ask for'), h('option', { value: 'linear' }, 'Linear'), h('option', { value: 'log' }, 'Logarithmic'));
      const chosen = o.added().axes[name]?.log;
      log.value = chosen === undefined ? '' : chosen ? 'log' : 'linear';
      log.addEventListener('change', () => o.change((added) => ({ ...added, axes: { ...added.axes, [name]: log.value ? { log: log.value === 'log' } : {} } })));
      element.append(labelled(`Scale of ${name}`, log));
    }
  }
  if (o.added().kind === 'line' || o.added().kind === 'parallel') element.append(listForm(o, byTitle));
  return element;
}

/** Metrics of a line chart, or axes of parallel coordinates: add one, take one away. */
function listForm(o: { named: Named; added(): Added; change(make: (added: Added) => Added): void }, byTitle: Map<string, string>): HTMLElement {
  const isLine = o.added().kind === 'line';
  const chosen = h('ul', { class: 'list-unstyled mb-1' });
  const metrics = isLine && h('datalist', { id: 'chart-list' }, ...o.named.metrics.slice(0, MOST_OPTIONS).map((metric) => h('option', { value: metric.key })));
  const input = h('input', { class: 'form-control form-control-sm', list: isLine ? 'chart-list' : 'chart-fields', 'aria-label': isLine ? 'Add a metric' : 'Add an axis', placeholder: isLine ? 'Add a metric' : 'Add an axis', spellcheck: 'false' });
  const show = (): void => {
    chosen.replaceChildren(
      ...o.added().list.map((name) =>
        h('li', { class: 'd-flex align-items-center gap-1' }, h('span', { class: 'text-truncate flex-fill', title: name }, isLine ? name : fieldTitle(name)),
          h('button', { type: 'button', class: 'btn btn-sm btn-ghost-secondary py-0', 'aria-label': `Take ${name} away`, onclick: () => set(o.added().list.filter((other) => other !== name)) }, '×')),
      ),
    ); // prettier-ignore
  };
  const set = (list: string[]): void => {
    o.change((added) => ({ ...added, list }));
    show();
  };
  input.addEventListener('change', () => {
    const asked = input.value.trim();
    if (!asked) return;
    set([...o.added().list.filter((name) => name !== asked), isLine ? asked : (byTitle.get(asked) ?? asked)]);
    input.value = '';
  });
  show();
  return h('div', {}, h('div', { class: 'form-label mt-2 mb-1' }, isLine ? 'Metrics' : 'Axes'), chosen, input, metrics || null);
}
