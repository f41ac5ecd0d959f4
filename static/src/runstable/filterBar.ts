/** The filters: a row of chips, or the same as text. What chips cannot say is shown as text. */

import { h, icon } from '../runs/dom';
import { editChip } from './chipEditor';
import { chipWords, choiceOf } from './conditions';
import { attribute } from './fields';
import { FilterText } from './filterText';
import { type Chip, chipsOf, conditionText, textOf } from './grammar';
import type { Question, RunsApi } from './query';
import { wordsFor } from './values';

const SEARCH_PAUSE = 300;
const NAME = attribute('name');

export interface FilterBarOptions {
  api: RunsApi;
  question(): Question;
  experiments(): string[];
  changed(filter: string): void;
}

export class FilterBar {
  readonly element: HTMLElement;
  readonly search: HTMLInputElement;
  private readonly row = h('div', { class: 'rt-chips', role: 'list', 'aria-label': 'Filters' });
  private readonly text: FilterText;
  private readonly asText: HTMLButtonElement;
  private readonly add: HTMLButtonElement;
  private filter = '';
  private written = false; // whether the person wants to see the text

  constructor(private readonly o: FilterBarOptions) {
    this.search = h('input', { type: 'search', class: 'form-control form-control-sm', placeholder: 'Search names', 'aria-label': 'Search names' });
    let timer: ReturnType<typeof setTimeout> | undefined;
    this.search.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.searchFor(this.search.value.trim()), SEARCH_PAUSE);
    });
    this.text = new FilterText({ ...o, apply: (filter) => (filter === this.filter ? this.say(null) : this.o.changed(filter)) });
    this.add = h('button', { type: 'button', class: 'btn btn-sm', 'aria-haspopup': 'dialog', click: () => this.begin() }, icon('filter-plus', 'me-1'), 'Filter');
    this.asText = h('button', { type: 'button', class: 'btn btn-sm btn-icon', 'aria-label': 'Filter as text', title: 'The filter as text', click: () => this.turn() }, icon('code'));
    this.element = h('div', { class: 'rt-filters' }, this.row, this.text.element);
    this.show('');
  }

  /** The buttons stand in the bar of the page. */
  get buttons(): HTMLElement[] {
    return [this.add, this.asText];
  }

  show(filter: string): void {
    this.filter = filter;
    const chips = chipsOf(filter);
    const found = chips && searchChip(chips);
    const text = found ? (choiceOf(found)?.values[0] ?? '') : '';
    if (document.activeElement !== this.search) this.search.value = text;
    this.search.disabled = chips === null;
    this.search.title = chips === null ? 'This filter can only be changed as text.' : '';
    this.add.disabled = chips === null;
    const asText = this.written || chips === null;
    this.asText.setAttribute('aria-pressed', String(asText));
    this.asText.classList.toggle('active', asText);
    this.asText.disabled = chips === null;
    this.text.element.hidden = !asText;
    this.text.set(filter);
    this.row.hidden = asText;
    this.row.replaceChildren(...(chips ?? []).filter((chip) => chip !== found).map((chip) => this.chip(chip, chips ?? [])));
    if (!asText && (chips ?? []).length > (found ? 1 : 0)) this.row.append(h('button', { type: 'button', class: 'btn btn-sm btn-link', click: () => this.o.changed('') }, 'Clear all'));
    this.element.hidden = !asText && !this.row.childElementCount;
  }

  /** What is wrong with the filter that was asked for. A filter that is wrong is shown as text, with the place marked. */
  say(error: unknown): void {
    this.text.say(error);
    if (error === null || !this.text.element.hidden) return;
    this.written = true;
    this.show(this.filter);
    this.text.say(error);
  }

  begin(field?: string, anchor: HTMLElement = this.add): void {
    editChip({ api: this.o.api, question: this.o.question(), experiments: this.o.experiments(), anchor, field, done: (chip) => this.o.changed(joined(this.filter, chip)) });
  }

  private turn(): void {
    this.written = !this.written;
    this.show(this.filter);
    if (this.written) this.text.focus();
  }

  private searchFor(words: string): void {
    const chips = chipsOf(this.filter);
    if (!chips) return;
    const found = searchChip(chips);
    const chip: Chip | null = words ? { field: NAME, op: 'ILIKE', value: `%${words}%` } : null;
    const next = found ? chips.flatMap((one) => (one === found ? (chip ?? []) : one)) : [...chips, ...(chip ? [chip] : [])];
    const filter = textOf(next);
    if (filter !== this.filter) this.o.changed(filter);
  }

  private chip(chip: Chip, all: Chip[]): HTMLElement {
    const shown = { ...chip, value: Array.isArray(chip.value) ? chip.value.map((value) => wordsFor(chip.field, value)) : typeof chip.value === 'string' && (chip.op === '=' || chip.op === '!=') ? wordsFor(chip.field, chip.value) : chip.value };
    const words = chipWords(shown);
    const edit = h('button', { type: 'button', class: 'rt-chip-text', title: conditionText(chip), 'aria-haspopup': 'dialog', click: () =>
      choiceOf(chip)
        ? editChip({ api: this.o.api, question: this.o.question(), experiments: this.o.experiments(), anchor: edit, chip, done: (now) => this.o.changed(textOf(all.map((one) => (one === chip ? now : one)))) })
        : this.turn(),
    }, words);
    const drop = h('button', { type: 'button', class: 'rt-chip-drop', 'aria-label': `Remove the filter ${words}`, click: () => this.o.changed(textOf(all.filter((one) => one !== chip))) }, icon('x'));
    return h('span', { class: 'rt-chip', role: 'listitem' }, edit, drop);
  }
}

/** The condition that the search field stands for: the first "name contains". */
function searchChip(chips: Chip[]): Chip | undefined {
  return chips.find((chip) => chip.field === NAME && choiceOf(chip)?.comparator === 'contains');
}

function joined(filter: string, chip: Chip): string {
  return filter ? `${filter} AND ${conditionText(chip)}` : conditionText(chip);
}
