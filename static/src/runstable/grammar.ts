/**
 * The filter language as far as the page has to know it: where its words stand, and which filters are a row of chips.
 * The server reads the whole of it; what is not a row of conditions joined by AND is shown as text alone.
 */

import { canonical, fieldOf, nameOf, valuesOf } from './fields';

export type TokenKind = 'name' | 'string' | 'number' | 'compare' | 'word' | 'open' | 'close' | 'comma' | 'bad';

export interface Token {
  kind: TokenKind;
  text: string;
  start: number;
  end: number;
}

export type Op = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'NOT LIKE' | 'ILIKE' | 'NOT ILIKE' | 'IN' | 'NOT IN' | 'IS NULL' | 'IS NOT NULL';
export type Value = string | number | string[] | null;

/** One condition. */
export interface Chip {
  field: string;
  op: Op;
  value: Value;
}

const WORDS = new Set(['AND', 'OR', 'NOT', 'IN', 'LIKE', 'ILIKE', 'IS', 'NULL', 'TRUE', 'FALSE']);
const PATTERN =
  /\s+|(?<string>'(?:[^']|'')*'|"(?:[^"]|"")*")|(?<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))|(?<name>[\p{L}_](?:[\p{L}\p{N}_.\-/]|`(?:[^`]|``)*`|(?<=\.)"(?:[^"]|"")*"|:(?=(?:last|min|max|best)\b))*|`(?:[^`]|``)*`)|(?<compare><=|>=|!=|<>|==|=|<|>)|(?<open>\()|(?<close>\))|(?<comma>,)|(?<bad>.)/gsu;

export function tokens(text: string): Token[] {
  const found: Token[] = [];
  for (const match of text.matchAll(PATTERN)) {
    const groups = match.groups ?? {};
    let kind = Object.keys(groups).find((name) => groups[name] !== undefined) as TokenKind | undefined;
    if (!kind) continue; // white space
    if (kind === 'name' && WORDS.has(match[0].toUpperCase())) kind = 'word';
    found.push({ kind, text: match[0], start: match.index, end: match.index + match[0].length });
  }
  return found;
}

/** The conditions, if the filter is nothing but conditions joined by AND; else null. An empty filter is no condition. */
export function chipsOf(text: string): Chip[] | null {
  const row = tokens(text);
  const chips: Chip[] = [];
  let at = 0;
  while (at < row.length) {
    if (chips.length) {
      if (!isWord(row[at], 'AND')) return null;
      at += 1;
    }
    const read = chipAt(row, at);
    if (!read) return null;
    chips.push(read.chip);
    at = read.next;
  }
  return chips;
}

function chipAt(row: Token[], start: number): { chip: Chip; next: number } | null {
  // "NOT name LIKE …": the grammar has it before the name.
  const turned = isWord(row[start], 'NOT');
  let at = start + (turned ? 1 : 0);
  const name = row[at];
  const field = name?.kind === 'name' ? fieldOf(name.text) : null;
  if (!field) return null;
  at += 1;
  const token = row[at];
  if (!token) return null;
  if (turned && !isWord(token, 'LIKE') && !isWord(token, 'ILIKE')) return null;
  let op: Op;
  if (token.kind === 'compare') {
    if (token.text === '<>' || token.text === '==') return null;
    op = token.text as Op;
    at += 1;
  } else if (isWord(token, 'IS')) {
    const not = isWord(row[at + 1], 'NOT');
    if (!isWord(row[at + (not ? 2 : 1)], 'NULL')) return null;
    return { chip: { field: nameOf(field), op: not ? 'IS NOT NULL' : 'IS NULL', value: null }, next: at + (not ? 3 : 2) };
  } else {
    const not = isWord(token, 'NOT');
    if (not) at += 1;
    const word = row[at]?.text.toUpperCase() ?? '';
    if (!(not ? ['IN'] : ['IN', 'LIKE', 'ILIKE']).includes(word)) return null;
    op = `${not || turned ? 'NOT ' : ''}${word}` as Op;
    at += 1;
  }
  if (op === 'IN' || op === 'NOT IN') {
    const list = listAt(row, at);
    return list && { chip: { field: nameOf(field), op, value: list.values }, next: list.next };
  }
  const value = row[at];
  if (value?.kind === 'string') return { chip: { field: nameOf(field), op, value: unquoted(value.text) }, next: at + 1 };
  if (value?.kind === 'number') return { chip: { field: nameOf(field), op, value: Number(value.text) }, next: at + 1 };
  if (value?.kind === 'word' && /^(true|false)$/i.test(value.text)) {
    return { chip: { field: nameOf(field), op, value: value.text.toLowerCase() }, next: at + 1 };
  }
  return null;
}

function listAt(row: Token[], start: number): { values: string[]; next: number } | null {
  if (row[start]?.kind !== 'open') return null;
  const values: string[] = [];
  for (let at = start + 1; at < row.length; at += 2) {
    const value = row[at];
    if (value?.kind !== 'string' && value?.kind !== 'number') return null;
    values.push(value.kind === 'string' ? unquoted(value.text) : value.text);
    if (row[at + 1]?.kind === 'close') return { values, next: at + 2 };
    if (row[at + 1]?.kind !== 'comma') return null;
  }
  return null;
}

export function textOf(chips: Chip[]): string {
  return chips.map(conditionText).join(' AND ');
}

export function conditionText({ field, op, value }: Chip): string {
  const name = canonical(field);
  if (op === 'IS NULL' || op === 'IS NOT NULL') return `${name} ${op}`;
  if (Array.isArray(value)) return `${name} ${op} (${value.map((one) => (valuesOf(name) === 'number' ? one : asString(one))).join(', ')})`;
  if (valuesOf(name) === 'truth') return `${name} ${op} ${String(value).toLowerCase() === 'true' ? 'true' : 'false'}`;
  if (op === 'NOT LIKE' || op === 'NOT ILIKE') return `NOT ${name} ${op.slice(4)} ${asString(String(value ?? ''))}`;
  return `${name} ${op} ${typeof value === 'number' ? String(value) : asString(value ?? '')}`;
}

/** Conditions joined to a filter that may be anything. */
export function narrowed(filter: string, ...chips: Chip[]): string {
  const more = textOf(chips);
  if (!filter.trim() || !more) return filter.trim() || more;
  return chipsOf(filter) ? `${filter.trim()} AND ${more}` : `(${filter.trim()}) AND ${more}`;
}

export function asString(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function unquoted(text: string): string {
  const mark = text[0] as string;
  return text.slice(1, -1).replaceAll(mark + mark, mark);
}

export const isWord = (token: Token | undefined, word: string): boolean => token?.kind === 'word' && token.text.toUpperCase() === word;
