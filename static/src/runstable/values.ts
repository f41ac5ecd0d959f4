/** Values to choose from: those that are known, else those that runs have. */

import { lookOf, type Status } from '../runs/states';
import { kindWords } from './cells';
import { fieldOf, valuesOf } from './fields';
import type { Question, RunsApi } from './query';

export interface Choice {
  value: string;
  words: string;
}

const STATUSES: Status[] = ['queued', 'running', 'cancelling', 'completed', 'failed', 'errored', 'cancelled'];
const MOMENTS = ['1 hour ago', '1 day ago', '7 days ago', '30 days ago', 'today', 'yesterday'];
const MOST = 100;

/** `question` narrows whose values are offered; what is typed narrows on. */
export async function choices(api: RunsApi, question: Question, field: string, signal?: AbortSignal): Promise<Choice[]> {
  const kind = valuesOf(field);
  if (field === 'attributes.status') return STATUSES.map((value) => ({ value, words: lookOf(value).word }));
  if (kind === 'truth') return [{ value: 'true', words: 'yes' }, { value: 'false', words: 'no' }];
  if (kind === 'moment') return MOMENTS.map((value) => ({ value, words: value }));
  if (kind === 'number' || kind === 'seconds') return [];
  const values = await api.values(question, field, MOST, signal);
  return values.map((value) => ({ value, words: wordsFor(field, value) }));
}

/** A value as it is read: the state "errored" is a "Studio error". */
export function wordsFor(field: string, value: string): string {
  if (field === 'attributes.status' && (STATUSES as string[]).includes(value)) return lookOf(value as Status).word;
  if (field === 'attributes.kind') return kindWords(value);
  if (fieldOf(field)?.key === 'starred') return value === 'true' ? 'yes' : 'no';
  return value;
}
