/** The names of what a run has, as the filter grammar and the API write them: `metrics.auc:max`, `` params.`my depth` ``. */

export type FieldKind = 'attribute' | 'metric' | 'param' | 'tag';
export type Stat = 'last' | 'min' | 'max' | 'best';
export type ValueKind = 'number' | 'text' | 'choice' | 'moment' | 'seconds' | 'truth';

export interface Field {
  kind: FieldKind;
  key: string;
  stat: Stat; // of a metric
}

export const STATS: Stat[] = ['last', 'min', 'max', 'best'];
export const STAT_WORDS: Record<Stat, string> = { last: 'last', min: 'lowest', max: 'highest', best: 'best' };

/** What every run has, in the order in which it is offered; the name stands in every row anyway. */
export const ATTRIBUTES: Record<string, { title: string; values: ValueKind }> = {
  name: { title: 'Name', values: 'text' },
  status: { title: 'State', values: 'choice' },
  kind: { title: 'Kind', values: 'choice' },
  experiment: { title: 'Experiment', values: 'choice' },
  user: { title: 'Person', values: 'choice' },
  created: { title: 'Created', values: 'moment' },
  started: { title: 'Started', values: 'moment' },
  ended: { title: 'Ended', values: 'moment' },
  duration: { title: 'Duration', values: 'seconds' },
  source: { title: 'Source', values: 'text' },
  starred: { title: 'Starred', values: 'truth' },
  run_id: { title: 'Run id', values: 'text' },
};

const PREFIXES: Record<FieldKind, string> = { attribute: 'attributes', metric: 'metrics', param: 'params', tag: 'tags' };
const KINDS: Record<string, FieldKind> = {
  attributes: 'attribute', attribute: 'attribute', attr: 'attribute', run: 'attribute',
  metrics: 'metric', metric: 'metric',
  params: 'param', param: 'param', parameters: 'param', parameter: 'param',
  tags: 'tag', tag: 'tag',
}; // prettier-ignore
const PLAIN = /^[\p{L}_][\p{L}\p{N}_.]*$/u;

export function quoted(key: string): string {
  return PLAIN.test(key) ? key : `\`${key.replaceAll('`', '``')}\``;
}

export function nameOf(field: Field): string {
  const name = `${PREFIXES[field.kind]}.${quoted(field.key)}`;
  return field.kind === 'metric' && field.stat !== 'last' ? `${name}:${field.stat}` : name;
}

/** Read over and over, for every cell that is drawn. */
const read = new Map<string, Field | null>();
const MOST_READ = 50_000;

/** Null where it is no name of a field. A bare word is an attribute. */
export function fieldOf(name: string): Field | null {
  let field = read.get(name);
  if (field === undefined) {
    field = parsed(name);
    if (read.size >= MOST_READ) read.clear();
    read.set(name, field);
  }
  return field;
}

function parsed(name: string): Field | null {
  const found = /^(?:([A-Za-z]+)\.)?(?:`((?:[^`]|``)*)`|"((?:[^"]|"")*)"|([^`"\s]+?))(?::(last|min|max|best))?$/su.exec(name.trim());
  if (!found) return null;
  const [, prefix, ticked, doubled, plain, stat] = found;
  const key = ticked?.replaceAll('``', '`') ?? doubled?.replaceAll('""', '"') ?? plain ?? '';
  if (!key) return null;
  const kind = prefix === undefined ? 'attribute' : KINDS[prefix.toLowerCase()];
  if (!kind) return null;
  if (kind === 'attribute' && !(key in ATTRIBUTES)) return null;
  if (stat && kind !== 'metric') return null;
  return { kind, key, stat: (stat as Stat | undefined) ?? 'last' };
}

/** The same field in its one way of writing; what is none stays as it is. */
export function canonical(name: string): string {
  const field = fieldOf(name);
  return field ? nameOf(field) : name;
}

export function attribute(key: string): string {
  return nameOf({ kind: 'attribute', key, stat: 'last' });
}

export function titleOf(name: string): string {
  const field = fieldOf(name);
  if (!field) return name;
  return field.kind === 'attribute' ? (ATTRIBUTES[field.key]?.title ?? field.key) : field.key;
}

/** With what sets it apart from others of that name: "auc (highest)". */
export function fullTitleOf(name: string): string {
  const field = fieldOf(name);
  if (!field) return name;
  if (field.kind === 'metric') return `${field.key} (${STAT_WORDS[field.stat]})`;
  return field.kind === 'attribute' ? titleOf(name) : `${field.key} (${field.kind === 'param' ? 'parameter' : 'tag'})`;
}

export function valuesOf(name: string): ValueKind {
  const field = fieldOf(name);
  if (!field) return 'text';
  if (field.kind === 'metric') return 'number';
  return field.kind === 'attribute' ? (ATTRIBUTES[field.key]?.values ?? 'text') : 'text';
}

export const isNumeric = (name: string): boolean => ['number', 'seconds'].includes(valuesOf(name));

export function withStat(name: string, stat: Stat): string {
  const field = fieldOf(name);
  return field?.kind === 'metric' ? nameOf({ ...field, stat }) : name;
}

/** Names in one text, separated by commas; a comma within quotes separates nothing. */
export function splitNames(text: string): string[] {
  return [...text.matchAll(/(?:`[^`]*`|"[^"]*"|[^,`"])+/gsu)].map((match) => match[0].trim()).filter(Boolean);
}
