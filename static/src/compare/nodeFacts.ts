/** What there is to say of a node's change and of its outputs, in short words. Pure. */

import { number } from '../app/format';
import type { Change, StepSeen } from './graphTab';

export type Facts = [string, string][];

const NOTHING = 'none';
/** Told only where it differs: a long list. */
export const COLUMNS = ': columns';

/** One side of a change as a person would write it; `whole` does not shorten. */
export function sidesText(change: Change, side: 'left' | 'right', whole = false): string {
  const value = change[side];
  if (value === null || value === undefined || value === '') return whole ? '' : NOTHING;
  if (change.kind === 'output') return outputText(value as { type: string; summary: Record<string, unknown>; content?: string });
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number') return number(value);
  if (typeof value === 'string') return value;
  const selection = selectionText(value as Record<string, unknown>);
  return selection ?? JSON.stringify(value, null, whole ? 2 : 0);
}

/** How far a number has moved: " (+0.1)". */
export function changedText(change: Change): string {
  const { left, right } = change;
  if (typeof left !== 'number' || typeof right !== 'number' || !Number.isFinite(left) || !Number.isFinite(right)) return '';
  const by = right - left;
  return ` (${by > 0 ? '+' : '−'}${number(Math.abs(Number(by.toPrecision(12))))})`;
}

/** Choosing columns: {"all", "kinds", "names", "except"}. */
function selectionText(value: Record<string, unknown>): string | null {
  const { all, kinds, names, except } = value;
  if (typeof all !== 'boolean' || !Array.isArray(kinds) || !Array.isArray(names) || !Array.isArray(except)) return null;
  const said = [...(all ? ['all columns'] : []), ...kinds.map((kind) => `${String(kind)} columns`), ...names.map(String)].join(', ') || 'no columns';
  return except.length ? `${said} without ${except.join(', ')}` : said;
}

function outputText({ type, summary, content }: { type: string; summary: Record<string, unknown>; content?: string }): string {
  const columns = Array.isArray(summary.columns) ? `${number(summary.columns.length)} columns` : '';
  const rows = typeof summary.rows === 'number' ? `${number(summary.rows)} rows` : '';
  const told = [rows, columns].filter(Boolean).join(' × ') || type;
  return content ? `${told}, contents ${content.slice(0, 8)}` : told;
}

/** What a step left, as rows: metrics, then each output in short. */
export function outputFacts(step: StepSeen, portTitle: (port: string) => string): Facts {
  const metrics = Object.entries(step.metrics).sort(([a], [b]) => a.localeCompare(b));
  return [
    ...metrics.map(([key, value]): [string, string] => [key, typeof value === 'number' ? number(value) : value]),
    ...step.outputs.flatMap((output): Facts => {
      const title = portTitle(output.port);
      const names = Array.isArray(output.summary.columns) ? (output.summary.columns as { name: string; kind: string }[]).map((column) => `${column.name} (${column.kind})`) : [];
      return [
        [title, outputText(output)],
        ...(names.length && names.length <= 60 ? [[`${title}${COLUMNS}`, names.join(', ')] as [string, string]] : []),
      ];
    }),
  ];
}
