/** Making or changing one condition: field → comparator → value. */

import { sentence } from '../app/api';
import { h, icon } from '../runs/dom';
import { type Comparator, chipFor, choiceOf, comparatorWords, comparatorsFor, needsValue, takesMany } from './conditions';
import { STATS, STAT_WORDS, fieldOf, fullTitleOf, valuesOf, withStat } from './fields';
import { fieldPicker } from './fieldPicker';
import type { Chip } from './grammar';
import { popover } from './popover';
import type { Question, RunsApi } from './query';
import { type Choice, choices } from './values';

export interface EditorOptions {
  api: RunsApi;
  question: Question;
  experiments: string[];
  anchor: HTMLElement;
  chip?: Chip; // to change
  field?: string; // to begin with
  done(chip: Chip): void;
}

export function editChip(options: EditorOptions): void {
  const { chip, anchor } = options;
  popover(anchor, chip ? 'Change the filter' : 'Add a filter', (close) => {
    const place = h('div', { class: 'rt-editor' });
    const start = chip?.field ?? options.field;
    if (start) place.append(form(start, chip, options, close));
    else {
      place.append(
        fieldPicker({
          api: options.api, experiments: options.experiments, kinds: ['attribute', 'metric', 'param', 'tag'], label: 'Filter by…',
          picked: (name) => {
            place.replaceChildren(form(name, undefined, options, close));
            place.querySelector<HTMLElement>('select, input')?.focus();
          },
        }),
      ); // prettier-ignore
    }
    return place;
  });
}

function form(start: string, chip: Chip | undefined, options: EditorOptions, close: () => void): HTMLElement {
  let field = start;
  const before = chip && choiceOf(chip);
  let values = before?.values ?? [];
  let known: Choice[] = [];
  const comparator = h('select', { class: 'form-select form-select-sm', 'aria-label': 'Comparison' });
  const valuePlace = h('div', { class: 'rt-editor-value' });
  const problem = h('div', { class: 'text-danger small', role: 'alert' });
  for (const one of comparatorsFor(field)) comparator.append(h('option', { value: one, selected: one === before?.comparator }, comparatorWords(one, field)));

  const chosen = (): Comparator => comparator.value as Comparator;
  const drawValue = (): void => {
    valuePlace.replaceChildren();
    if (!needsValue(chosen())) return;
    valuePlace.append(takesMany(chosen()) ? many(known, values, (now) => (values = now)) : one(field, known, values[0] ?? '', (now) => (values = [now])));
  };
  comparator.addEventListener('change', drawValue);
  drawValue();
  choices(options.api, options.question, field).then(
    (found) => {
      known = found;
      const typing = valuePlace.contains(document.activeElement);
      drawValue();
      if (typing) valuePlace.querySelector<HTMLElement>('input, select')?.focus();
    },
    (error: unknown) => (problem.textContent = sentence(error)),
  );

  const send = (event: Event): void => {
    event.preventDefault();
    const given = values.map((value) => value.trim()).filter((value) => value !== '' || chosen() === 'is' || chosen() === 'is-not');
    if (needsValue(chosen()) && !given.length) {
      problem.textContent = takesMany(chosen()) ? 'Choose at least one value.' : 'Give it a value.';
      return;
    }
    close();
    options.done(chipFor(field, chosen(), given));
  };
  return h('form', { submit: send, class: 'rt-chip-form' },
    h('div', { class: 'rt-editor-head' }, h('strong', { class: 'text-truncate' }, fullTitleOf(field)), statChoice(field, (now) => (field = now))),
    comparator, valuePlace, problem,
    h('div', { class: 'rt-editor-foot' }, h('button', { type: 'button', class: 'btn btn-sm', click: close }, 'Cancel'), h('button', { type: 'submit', class: 'btn btn-sm btn-primary' }, options.chip ? 'Change' : 'Add')),
  );
}

/** Of a metric: which of its values is meant. */
function statChoice(field: string, changed: (field: string) => void): HTMLElement | null {
  const read = fieldOf(field);
  if (read?.kind !== 'metric') return null;
  const select = h('select', { class: 'form-select form-select-sm w-auto', 'aria-label': 'Which value of the metric' });
  for (const stat of STATS) select.append(h('option', { value: stat, selected: stat === read.stat }, STAT_WORDS[stat]));
  select.addEventListener('change', () => changed(withStat(field, select.value as (typeof STATS)[number])));
  return select;
}

function one(field: string, known: Choice[], value: string, changed: (value: string) => void): HTMLElement {
  const kind = valuesOf(field);
  if (known.length && (kind === 'choice' || kind === 'truth')) {
    const select = h('select', { class: 'form-select form-select-sm', 'aria-label': 'Value' });
    const all = known.some((choice) => choice.value === value) || value === '' ? known : [{ value, words: value }, ...known];
    for (const choice of all) select.append(h('option', { value: choice.value, selected: choice.value === value }, choice.words));
    select.addEventListener('change', () => changed(select.value));
    changed(select.value);
    return select;
  }
  const list = `rt-values-${Math.round(performance.now() * 1000)}`;
  const hint = kind === 'moment' ? '7 days ago, or 2026-11-21 14:00' : kind === 'seconds' ? 'seconds' : 'value';
  const input = h('input', { class: 'form-control form-control-sm', value, list, placeholder: hint, 'aria-label': 'Value', autocomplete: 'off', inputmode: kind === 'number' ? 'decimal' : null, input: () => changed(input.value) });
  return h('div', {}, input, h('datalist', { id: list }, ...known.map((choice) => h('option', { value: choice.value }))));
}

function many(known: Choice[], chosen: string[], changed: (values: string[]) => void): HTMLElement {
  const values = new Set(chosen);
  const list = h('div', { class: 'rt-options', role: 'group', 'aria-label': 'Values' });
  const draw = (): void => {
    const all = [...[...values].filter((value) => !known.some((choice) => choice.value === value)).map((value) => ({ value, words: value })), ...known];
    list.replaceChildren(
      ...all.map(({ value, words }) => {
        const box = h('input', { type: 'checkbox', class: 'form-check-input', checked: values.has(value), change: () => {
          if (box.checked) values.add(value);
          else values.delete(value);
          changed([...values]);
        } });
        return h('label', { class: 'form-check rt-check' }, box, h('span', { class: 'form-check-label text-truncate', title: value }, words));
      }),
    );
  };
  const more = h('input', { class: 'form-control form-control-sm', placeholder: 'Another value, then Enter', 'aria-label': 'Another value', keydown: (event: Event) => {
    if ((event as KeyboardEvent).key !== 'Enter' || !more.value.trim()) return;
    event.preventDefault();
    values.add(more.value.trim());
    more.value = '';
    changed([...values]);
    draw();
  } });
  draw();
  return h('div', {}, list, h('div', { class: 'input-icon mt-1' }, h('span', { class: 'input-icon-addon' }, icon('plus')), more));
}
