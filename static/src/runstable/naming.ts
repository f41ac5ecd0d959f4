/** Looking names of fields up: those every run has, and what people called their metrics, parameters and tags. */

import { ATTRIBUTES, type Field, type FieldKind, nameOf } from './fields';
import type { RunsApi } from './query';

export interface Found {
  name: string;
  field: Field;
}

/** The best of each kind for what was typed. Upper and lower case are the same. */
export async function findFields(api: RunsApi, q: string, experiments: string[], kinds: FieldKind[], signal?: AbortSignal, most = 30): Promise<Found[]> {
  const text = q.trim().toLowerCase();
  const found: Found[] = [];
  if (kinds.includes('attribute')) {
    for (const [key, { title }] of Object.entries(ATTRIBUTES)) {
      if (key.includes(text) || title.toLowerCase().includes(text)) found.push(made({ kind: 'attribute', key, stat: 'last' }));
    }
  }
  const named = kinds.filter((kind) => kind !== 'attribute');
  const pages = await Promise.all(named.map((kind) => api.fields(kind, q.trim(), experiments, null, signal)));
  for (const page of pages) found.push(...page.results.slice(0, most).map(({ kind, key }) => made({ kind, key, stat: 'last' })));
  return found;
}

function made(field: Field): Found {
  return { name: nameOf(field), field };
}

export const KIND_TITLES: Record<FieldKind, string> = { attribute: 'Attributes', metric: 'Metrics', param: 'Parameters', tag: 'Tags' };
export const KIND_ICONS: Record<FieldKind, string> = { attribute: 'info-circle', metric: 'chart-line', param: 'adjustments', tag: 'tag' };
