/** The filter as text, in the grammar of MLflow: completes while it is written, and shows an error where it stands. */

import { ApiError, sentence } from '../app/api';
import { h, icon } from '../runs/dom';
import { type Spot, comparisonsFor, spotAt } from './complete';
import { titleOf } from './fields';
import { asString } from './grammar';
import { findFields } from './naming';
import type { Question, RunsApi } from './query';
import { choices } from './values';

const PAUSE = 120;
const MOST = 12;
const GROUPS = ['metrics.', 'params.', 'tags.', 'attributes.', 'datasets.'];

interface Option {
  text: string; // what is put in
  words: string;
  detail: string;
}

export interface FilterTextOptions {
  api: RunsApi;
  question(): Question;
  experiments(): string[];
  /** Returns when the runs have been asked for; throws what is wrong with the filter. */
  apply(filter: string): void;
}

export class FilterText {
  readonly element: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly list = h('div', { class: 'rt-completions dropdown-menu', role: 'listbox', id: 'rt-completions', 'aria-label': 'Ways to go on' });
  private readonly problem = h('div', { class: 'rt-problem', id: 'rt-filter-problem', role: 'alert' });
  private options: Option[] = [];
  private at = -1;
  private spot: Spot | null = null;
  private stop = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly o: FilterTextOptions) {
    this.input = h('input', {
      type: 'text', class: 'form-control form-control-sm font-monospace', spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off', role: 'combobox',
      'aria-label': 'Filter', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': 'rt-completions', 'aria-describedby': 'rt-filter-problem',
      placeholder: "metrics.auc:max > 0.9 AND params.depth = '6' AND (tags.team = 'risk' OR attributes.created > '2 days ago')",
    }); // prettier-ignore
    const go = h('button', { type: 'submit', class: 'btn btn-sm btn-primary' }, 'Apply');
    this.element = h('form', { class: 'rt-filter-text', submit: (event: Event) => {
      event.preventDefault();
      this.hide();
      this.o.apply(this.input.value.trim());
    } }, h('div', { class: 'rt-filter-field' }, this.input, this.list, this.problem), go);
    this.input.addEventListener('input', () => this.later());
    this.input.addEventListener('click', () => this.later());
    this.input.addEventListener('focus', () => this.later());
    this.input.addEventListener('blur', () => this.hide());
    this.input.addEventListener('keydown', (event) => this.key(event));
    // A choice must not take the focus, or the list would be gone before it is heard of.
    this.list.addEventListener('pointerdown', (event) => event.preventDefault());
  }

  get value(): string {
    return this.input.value;
  }

  set(filter: string): void {
    if (document.activeElement !== this.input) this.input.value = filter;
  }

  focus(): void {
    this.input.focus();
    this.input.setSelectionRange(this.input.value.length, this.input.value.length);
  }

  /** What the server found wrong, marked below the letters it is about. */
  say(error: unknown): void {
    this.problem.replaceChildren();
    this.input.classList.toggle('is-invalid', error !== null);
    this.input.setAttribute('aria-invalid', String(error !== null));
    if (error === null) return;
    const { position, length } = placeOf(error);
    if (position !== null) {
      const text = this.input.value;
      const end = Math.min(text.length, position + Math.max(1, length));
      const from = Math.max(0, position - 40);
      this.problem.append(
        h('code', { class: 'rt-problem-text' }, from ? '…' : '', text.slice(from, position), h('mark', {}, text.slice(position, end) || ' '), text.slice(end, end + 40), end + 40 < text.length ? '…' : ''),
      );
    }
    this.problem.append(h('span', {}, icon('alert-circle', 'me-1'), sentence(error)));
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.suggest(), PAUSE);
  }

  private async suggest(): Promise<void> {
    if (document.activeElement !== this.input) return;
    this.stop.abort();
    const { signal } = (this.stop = new AbortController());
    const spot = spotAt(this.input.value, this.input.selectionStart ?? 0);
    let options: Option[] = [];
    try {
      options = await this.optionsFor(spot, signal);
    } catch {
      // Suggestions are a help; without them one writes on.
    }
    if (signal.aborted || document.activeElement !== this.input) return;
    this.spot = spot;
    this.options = options.slice(0, MOST);
    this.at = -1;
    this.draw();
  }

  private async optionsFor(spot: Spot, signal: AbortSignal): Promise<Option[]> {
    const word = spot.word.toLowerCase();
    if (spot.expected === 'joint') return ['AND', 'OR'].filter((w) => w.toLowerCase().startsWith(word)).map((w) => ({ text: `${w} `, words: w, detail: '' }));
    if (spot.expected === 'comparison') return spot.field ? comparisonsFor(spot.field).map((w) => ({ text: w.endsWith('(') ? w : `${w} `, words: w, detail: '' })) : [];
    if (spot.expected === 'value') {
      if (!spot.field) return [];
      const found = await choices(this.o.api, this.o.question(), spot.field, signal);
      return found
        .filter(({ value, words }) => value.toLowerCase().includes(word) || words.toLowerCase().includes(word))
        .map(({ value, words }) => ({ text: value === 'true' || value === 'false' ? value : asString(value), words: value, detail: words === value ? '' : words }));
    }
    const [, prefix = '', rest = word] = /^(attributes?|attr|metrics?|params?|parameters?|tags?)\.(.*)$/s.exec(word) ?? [];
    const kinds = prefix ? [({ a: 'attribute', m: 'metric', p: 'param', t: 'tag' } as const)[prefix[0] as 'a' | 'm' | 'p' | 't']] : (['attribute', 'metric', 'param', 'tag'] as const);
    const found = await findFields(this.o.api, rest.replaceAll(/[`"]/g, ''), this.o.experiments(), [...kinds], signal, prefix ? MOST : 4);
    const names = found.map(({ name, field }) => ({ text: `${name} `, words: name, detail: field.kind === 'attribute' ? titleOf(name) : '' }));
    const groups = prefix || !word ? [] : GROUPS.filter((group) => group.startsWith(word)).map((group) => ({ text: group, words: `${group}…`, detail: '' }));
    return [...groups, ...names];
  }

  private draw(): void {
    this.list.replaceChildren(
      ...this.options.map((option, n) =>
        h('div', { class: 'dropdown-item', role: 'option', id: `rt-completion-${n}`, 'aria-selected': String(n === this.at), click: () => this.take(n) }, h('span', { class: 'rt-menu-text font-monospace' }, option.words), h('span', { class: 'rt-menu-detail' }, option.detail)),
      ),
    );
    const open = this.options.length > 0;
    this.list.classList.toggle('show', open);
    this.input.setAttribute('aria-expanded', String(open));
    if (this.at >= 0) this.input.setAttribute('aria-activedescendant', `rt-completion-${this.at}`);
    else this.input.removeAttribute('aria-activedescendant');
    this.list.children[this.at]?.scrollIntoView({ block: 'nearest' });
  }

  private hide(): void {
    clearTimeout(this.timer);
    this.stop.abort();
    this.options = [];
    this.at = -1;
    this.draw();
  }

  private key(event: KeyboardEvent): void {
    if (event.key === 'ArrowDown' && !this.options.length) this.later();
    else if (!this.options.length) return;
    else if (event.key === 'ArrowDown') this.at = (this.at + 1) % this.options.length;
    else if (event.key === 'ArrowUp') this.at = (this.at - 1 + this.options.length) % this.options.length;
    else if (event.key === 'Escape') {
      event.stopPropagation();
      this.hide();
    } else if (event.key === 'Tab' || (event.key === 'Enter' && this.at >= 0)) {
      if (event.shiftKey) return;
      this.take(Math.max(0, this.at));
    } else return;
    event.preventDefault();
    if (this.options.length) this.draw();
  }

  private take(n: number): void {
    const option = this.options[n];
    const { spot } = this;
    if (!option || !spot) return;
    const text = this.input.value;
    this.input.value = text.slice(0, spot.from) + option.text + text.slice(spot.to).replace(/^['"`]/, '').replace(/^ /, option.text.endsWith(' ') ? '' : ' ');
    const caret = spot.from + option.text.length;
    this.input.setSelectionRange(caret, caret);
    this.hide();
    this.later();
  }
}

function placeOf(error: unknown): { position: number | null; length: number } {
  if (!(error instanceof ApiError) || typeof error.fields.position !== 'number') return { position: null, length: 1 };
  return { position: error.fields.position, length: Number(error.fields.length ?? 1) };
}
