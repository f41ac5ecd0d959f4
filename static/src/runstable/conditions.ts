/** Conditions as people choose and read them: "contains", "is at least", each one or two ways of the grammar. */

import { fullTitleOf, titleOf, valuesOf } from './fields';
import type { Chip, Op } from './grammar';

export type Comparator =
  | 'is' | 'is-not' | 'less' | 'at-most' | 'more' | 'at-least' | 'contains' | 'not-contains' | 'starts' | 'in' | 'not-in' | 'missing' | 'present'; // prettier-ignore

const WORDS: Record<Comparator, string> = {
  is: 'is',
  'is-not': 'is not',
  less: 'is less than',
  'at-most': 'is at most',
  more: 'is more than',
  'at-least': 'is at least',
  contains: 'contains',
  'not-contains': 'does not contain',
  starts: 'starts with',
  in: 'is one of',
  'not-in': 'is none of',
  missing: 'has no value',
  present: 'has a value',
};
const MOMENT_WORDS: Partial<Record<Comparator, string>> = { less: 'is before', 'at-most': 'is not after', more: 'is after', 'at-least': 'is not before' };
const OPS: Record<Comparator, Op> = {
  is: '=', 'is-not': '!=', less: '<', 'at-most': '<=', more: '>', 'at-least': '>=',
  contains: 'ILIKE', 'not-contains': 'NOT ILIKE', starts: 'ILIKE', in: 'IN', 'not-in': 'NOT IN', missing: 'IS NULL', present: 'IS NOT NULL',
}; // prettier-ignore
const PLAIN = Object.fromEntries(
  (['is', 'is-not', 'less', 'at-most', 'more', 'at-least', 'in', 'not-in', 'missing', 'present'] as const).map((c) => [OPS[c], c]),
) as Partial<Record<Op, Comparator>>;

const ORDERED: Comparator[] = ['less', 'at-most', 'more', 'at-least'];

export function comparatorsFor(field: string): Comparator[] {
  const tracked = !field.startsWith('attributes.');
  const gone: Comparator[] = tracked ? ['missing', 'present'] : [];
  switch (valuesOf(field)) {
    case 'number':
      return ['at-least', 'more', 'at-most', 'less', 'is', 'is-not', ...gone];
    case 'seconds':
    case 'moment':
      return ['more', 'less', 'at-least', 'at-most'];
    case 'truth':
      return ['is'];
    case 'choice':
      return ['in', 'not-in', 'is', 'is-not'];
    default:
      // Parameters and tags are texts that often hold a number: compared with a number they are compared as such.
      return ['contains', 'is', 'is-not', 'not-contains', 'starts', 'in', 'not-in', ...(tracked ? ORDERED : []), ...gone];
  }
}

export function comparatorWords(comparator: Comparator, field: string): string {
  return (valuesOf(field) === 'moment' && MOMENT_WORDS[comparator]) || WORDS[comparator];
}

export const needsValue = (comparator: Comparator): boolean => comparator !== 'missing' && comparator !== 'present';
export const takesMany = (comparator: Comparator): boolean => comparator === 'in' || comparator === 'not-in';

/** The condition that stands for a choice. `values` holds one, or several where the comparator takes many. */
export function chipFor(field: string, comparator: Comparator, values: string[]): Chip {
  const op = OPS[comparator];
  if (!needsValue(comparator)) return { field, op, value: null };
  if (takesMany(comparator)) return { field, op, value: values };
  const value = values[0] ?? '';
  if (comparator === 'contains' || comparator === 'not-contains') return { field, op, value: `%${value}%` };
  if (comparator === 'starts') return { field, op, value: `${value}%` };
  const wanted = valuesOf(field);
  const numeric = wanted === 'number' || wanted === 'seconds' || ORDERED.includes(comparator);
  return { field, op, value: numeric && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value };
}

/** How a condition reads as a choice; null where it is a pattern of a kind that is not offered. */
export function choiceOf(chip: Chip): { comparator: Comparator; values: string[] } | null {
  const plain = PLAIN[chip.op];
  if (plain) {
    const values = chip.value === null ? [] : Array.isArray(chip.value) ? chip.value : [String(chip.value)];
    return { comparator: plain, values };
  }
  const pattern = String(chip.value ?? '');
  if (chip.op === 'ILIKE' || chip.op === 'NOT ILIKE') {
    const within = /^%(.*)%$/s.exec(pattern);
    if (within && isLiteral(within[1] ?? '')) {
      return { comparator: chip.op === 'ILIKE' ? 'contains' : 'not-contains', values: [within[1] ?? ''] };
    }
    const start = /^(.*)%$/s.exec(pattern);
    if (chip.op === 'ILIKE' && start && isLiteral(start[1] ?? '')) return { comparator: 'starts', values: [start[1] ?? ''] };
  }
  return null;
}

/** "depth is at least 6" */
export function chipWords(chip: Chip, full = false): string {
  const title = full ? fullTitleOf(chip.field) : titleOf(chip.field);
  const choice = choiceOf(chip);
  const shown = (value: string): string => (value === '' ? '“”' : value);
  if (!choice) return `${title} ${chip.op.toLowerCase()} ${shown(String(chip.value))}`;
  const words = `${title} ${comparatorWords(choice.comparator, chip.field)}`;
  return needsValue(choice.comparator) ? `${words} ${choice.values.map(shown).join(', ')}` : words;
}

const isLiteral = (text: string): boolean => !text.includes('%');
