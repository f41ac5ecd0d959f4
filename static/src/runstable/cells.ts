/** How a value reads in a cell. */

import { ago, duration, measure } from '../app/format';
import { stateBadge } from '../runs/states';
import { h } from '../runs/dom';
import { fieldOf, valuesOf } from './fields';
import type { Band, Cell, RunRow } from './query';

export interface Shown {
  text: string;
  /** Drawn instead of the text; the text tells when it has to be drawn anew. */
  node?: () => Node;
}

const KINDS: Record<string, string> = { pipeline: 'Pipeline', 'data-import': 'Data import', step: 'Step', tracked: 'Logged', 'experiment-import': 'Taking in' };
const SPECIAL: Record<string, string> = { Infinity: '∞', '-Infinity': '−∞' };

export function shown(name: string, run: RunRow, now: number): Shown | null {
  const field = fieldOf(name);
  if (field?.kind === 'attribute') return attributeShown(field.key, run, now);
  const value = run.values[name];
  return value === undefined ? null : valueShown(name, value);
}

export function kindWords(kind: string): string {
  return KINDS[kind] ?? kind.replaceAll('-', ' ').replace(/^./, (letter) => letter.toUpperCase());
}

function attributeShown(key: string, run: RunRow, now: number): Shown | null {
  switch (key) {
    case 'name':
      return { text: run.name };
    case 'run_id':
      return { text: run.run_id };
    case 'status':
      return { text: run.status, node: () => stateBadge(run.status) };
    case 'kind':
      return { text: kindWords(run.kind) };
    case 'experiment':
      return { text: run.experiment?.name ?? '' };
    case 'user':
      return { text: run.created_by ?? '' };
    case 'created':
      return moment(run.created_at, now);
    case 'started':
      return moment(run.started_at, now);
    case 'duration':
      return { text: durationOf(run, now) };
    case 'starred':
      return { text: run.starred ? 'yes' : '', node: () => (run.starred ? h('span', { class: 'rt-star', role: 'img', 'aria-label': 'Starred' }) : h('span')) };
    case 'source':
      // An import's source is a key of the engine's; its name says what it imports.
      return run.kind === 'data-import' ? { text: '' } : plain(run, key, now);
    default:
      return plain(run, key, now);
  }
}

function plain(run: RunRow, key: string, now: number): Shown | null {
  const value = run.values[`attributes.${key}`];
  if (value === undefined) return null;
  return valuesOf(`attributes.${key}`) === 'moment' ? moment(value === null ? null : String(value), now) : { text: value === null ? '' : String(value) };
}

function durationOf(run: RunRow, now: number): string {
  if (run.seconds !== null) return duration(run.seconds);
  if (run.started_at && ['running', 'cancelling'].includes(run.status)) return duration(Math.max(0, (now - Date.parse(run.started_at)) / 1000));
  return '';
}

function moment(iso: string | null, now: number): Shown {
  return iso ? { text: ago(iso, new Date(now)) } : { text: '' };
}

/** All of a value, for who points at its cell. */
export function wholeValue(name: string, run: RunRow): string {
  const field = fieldOf(name);
  const moments: Record<string, string | null> = { created: run.created_at, started: run.started_at };
  if (field?.kind === 'attribute' && valuesOf(name) === 'moment') {
    const iso = moments[field.key] ?? run.values[name];
    return iso ? new Date(String(iso)).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' }) : '';
  }
  if (field?.kind === 'attribute') return shown(name, run, Date.now())?.text ?? '';
  const value = run.values[name];
  return value === null || value === undefined ? '' : String(value).slice(0, 2000);
}

export function wholeBand(band: Band | null | undefined): string {
  if (!band || band.mean === null) return '';
  return `mean ${band.mean}${band.std === null ? '' : `, standard deviation ${band.std}`}, lowest ${band.min}, highest ${band.max}`;
}

/** What changes with the clock, not with the run. */
export const COUNTS_ON: ReadonlySet<string> = new Set(['attributes.duration', 'attributes.created', 'attributes.started', 'attributes.ended']);

export function valueShown(name: string, value: Cell): Shown {
  if (value === null) return { text: '' };
  if (typeof value === 'number') return { text: fieldOf(name)?.kind === 'metric' ? measured(value) : String(value) };
  const text = SPECIAL[String(value)] ?? String(value).replaceAll(/\s+/g, ' ');
  return { text: text.length > 300 ? `${text.slice(0, 300)}…` : text };
}

/** Counts stay counts, measures have four digits. */
function measured(value: number): string {
  return Number.isInteger(value) && Math.abs(value) >= 10 ? value.toLocaleString('en-US') : measure(value);
}

/** "0.9120 ± 0.0040", and below it the extremes. */
export function bandShown(band: Band | null | undefined): Shown | null {
  if (band === undefined) return null;
  if (band === null || band.mean === null) return { text: '' };
  const middle = band.std ? `${measured(band.mean)} ± ${short(band.std)}` : measured(band.mean);
  const ends = band.min === band.max || band.min === null || band.max === null ? '' : `${measured(band.min)} … ${measured(band.max)}`;
  return {
    text: `${middle}|${ends}`,
    node: () => h('span', { class: 'rt-band' }, h('span', {}, middle), ends ? h('span', { class: 'rt-ends' }, ends) : null),
  };
}

function short(value: number): string {
  return value >= 1000 || value < 1e-4 ? measured(value) : String(Number(value.toPrecision(2)));
}
