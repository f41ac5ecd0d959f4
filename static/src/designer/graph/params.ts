/** Settings of a node: what holds, what is shown, what is wrong with a value. */
import type { Param } from './catalogue';
import { isEmpty, readSelection } from './columns';

type Params = Readonly<Record<string, unknown>>;

export const valueOf = (param: Param, params: Params): unknown =>
  param.name in params ? params[param.name] : param.default;

export const isDefault = (param: Param, params: Params): boolean =>
  !(param.name in params) || same(params[param.name], param.default);

/** Whether the setting is asked for: every other setting named in `when` has one of the values named there. */
export function applies(param: Param, params: Params, all: readonly Param[]): boolean {
  return Object.entries(param.when).every(([name, values]) => {
    const other = all.find((candidate) => candidate.name === name);
    const value = other ? valueOf(other, params) : params[name];
    return values.some((wanted) => same(wanted, value));
  });
}

/** The sentence at the field, or null. The server checks the same again, and more. */
export function complaint(param: Param, value: unknown): string | null {
  if (isBlank(param, value)) return param.required ? blank(param) : null;
  switch (param.kind) {
    case 'integer':
    case 'number': {
      if (typeof value !== 'number' || !Number.isFinite(value)) return 'Give a number.';
      if (param.kind === 'integer' && !Number.isInteger(value)) return 'Give a whole number.';
      if (param.min !== null && value < param.min) return `Give at least ${param.min}.`;
      if (param.max !== null && value > param.max) return `Give at most ${param.max}.`;
      return null;
    }
    case 'choice':
      return param.choices.some((choice) => choice.value === value) ? null : 'Choose one of the list.';
    default:
      return null;
  }
}

function isBlank(param: Param, value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value === 'string') return value.trim() === '';
  if (param.kind === 'columns') return isEmpty(readSelection(value));
  if (param.kind === 'asset') return !(value as { name?: string }).name;
  return false;
}

function blank(param: Param): string {
  switch (param.kind) {
    case 'column':
      return 'Choose a column.';
    case 'columns':
      return 'Choose columns.';
    case 'asset':
      return 'Choose a data asset.';
    case 'choice':
      return 'Choose one of the list.';
    default:
      return 'This is needed.';
  }
}

/** A text field's content as the value of the setting: a number where it is one, else the text, so nothing typed is lost. */
export function parseNumber(text: string): number | string | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const number = Number(trimmed.replace(',', '.'));
  return Number.isFinite(number) ? number : text;
}

/** The default in words, for the hint under a field. */
export function defaultText(param: Param): string {
  const value = param.default;
  if (value === null || value === undefined || value === '') return '';
  if (param.kind === 'boolean') return value ? 'on' : 'off';
  if (param.kind === 'choice') return param.choices.find((choice) => choice.value === value)?.title ?? String(value);
  if (param.kind === 'integer' || param.kind === 'number' || param.kind === 'text' || param.kind === 'column')
    return String(value);
  return '';
}

export function same(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
