/** What can be written at a place of a filter: a field, a comparison, a value, or a word that joins. */

import { fieldOf, nameOf, valuesOf } from './fields';
import { type Token, isWord, tokens } from './grammar';

export type Expected = 'field' | 'comparison' | 'value' | 'joint';

export interface Spot {
  expected: Expected;
  /** What is being written, to be replaced by the choice. */
  from: number;
  to: number;
  word: string;
  field: string | null; // whose value or comparison it is
}

export function spotAt(text: string, caret: number): Spot {
  const before = text.slice(0, caret);
  const open = openQuote(before);
  if (open && open.mark !== '`') {
    const state = walk(tokens(before.slice(0, open.at)));
    return { ...state, from: open.at, to: caret, word: before.slice(open.at + 1) };
  }
  // A name with an open backquote begins where its first letter stands.
  const start = open ? nameStart(before, open.at) : caret;
  const row = tokens(open ? before.slice(0, start) : before);
  if (open) return { ...walk(row), from: start, to: caret, word: before.slice(start) };
  const last = row.at(-1);
  const touches = last && last.end === caret && !['compare', 'open', 'close', 'comma'].includes(last.kind);
  const written = touches ? row.slice(0, -1) : row;
  const state = walk(written);
  if (!touches) return { ...state, from: caret, to: caret, word: '' };
  // "AN" after a condition is the beginning of AND; a finished string is a value, and what follows joins.
  if (last.kind === 'string') return { ...walk(row), from: caret, to: caret, word: '' };
  return { ...state, from: last.start, to: rest(text, caret, last), word: last.text };
}

export function comparisonsFor(field: string): string[] {
  switch (valuesOf(field)) {
    case 'number':
      return ['>', '>=', '<', '<=', '=', '!=', 'IS NULL', 'IS NOT NULL'];
    case 'seconds':
    case 'moment':
      return ['>', '>=', '<', '<=', '='];
    case 'truth':
      return ['='];
    case 'choice':
      return ['=', '!=', 'IN (', 'NOT IN ('];
    default:
      return ['=', '!=', 'LIKE', 'ILIKE', 'IN (', 'NOT IN (', '>', '<', 'IS NULL', 'IS NOT NULL'];
  }
}

/** What stands to the right of the caret in the same word goes with it. */
function rest(text: string, caret: number, last: Token): number {
  const whole = tokens(text).find((token) => token.start === last.start);
  return whole && whole.kind === last.kind ? Math.max(caret, whole.end) : caret;
}

function walk(row: Token[]): { expected: Expected; field: string | null } {
  let expected: Expected = 'field';
  let field: string | null = null;
  let list = false;
  for (const token of row) {
    if (token.kind === 'open') list = expected === 'value';
    else if (token.kind === 'close') {
      expected = 'joint';
      list = false;
    } else if (token.kind === 'comma') expected = list ? 'value' : expected;
    else if (expected === 'field') {
      if (isWord(token, 'NOT')) continue;
      const read = token.kind === 'name' ? fieldOf(token.text) : null;
      field = read && nameOf(read);
      expected = 'comparison';
    } else if (expected === 'comparison') {
      if (token.kind === 'compare' || ['LIKE', 'ILIKE', 'IN'].some((word) => isWord(token, word))) expected = 'value';
      else if (isWord(token, 'NULL')) expected = 'joint';
    } else if (expected === 'value') {
      if (!list) expected = 'joint';
    } else if (isWord(token, 'AND') || isWord(token, 'OR')) {
      expected = 'field';
      field = null;
    }
  }
  return { expected, field };
}

function openQuote(text: string): { at: number; mark: string } | null {
  let open: { at: number; mark: string } | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] as string;
    if (open) {
      if (letter === open.mark) open = null;
    } else if (`'"\``.includes(letter)) open = { at, mark: letter };
  }
  return open;
}

function nameStart(text: string, quote: number): number {
  const found = /[\p{L}\p{N}_.]*$/u.exec(text.slice(0, quote));
  return quote - (found?.[0].length ?? 0);
}
