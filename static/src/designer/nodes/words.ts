/** States in words and icons: never by colour alone. */
import type { NodeState, Status } from '../api';

export type Look = { word: string; icon: string; tone: 'idle' | 'busy' | 'good' | 'bad' | 'warn' };

const LOOKS: Record<Status, Look> = {
  queued: { word: 'Waiting', icon: 'ti-clock', tone: 'idle' },
  running: { word: 'Running', icon: 'ti-loader-2', tone: 'busy' },
  cancelling: { word: 'Stopping', icon: 'ti-player-stop', tone: 'busy' },
  completed: { word: 'Done', icon: 'ti-circle-check', tone: 'good' },
  failed: { word: 'Failed', icon: 'ti-alert-circle', tone: 'bad' },
  errored: { word: 'Studio error', icon: 'ti-bug', tone: 'bad' },
  cancelled: { word: 'Cancelled', icon: 'ti-ban', tone: 'warn' },
  skipped: { word: 'Skipped', icon: 'ti-player-skip-forward', tone: 'warn' },
};

export const NOT_RUN: Look = { word: 'Not run yet', icon: 'ti-circle-dashed', tone: 'idle' };

export const lookOf = (status: Status): Look => LOOKS[status];

/** A finished result whose settings or inputs have changed since is still there to see, but out of date. */
export function nodeLook(state: NodeState | undefined): Look {
  if (!state) return NOT_RUN;
  if (state.stale && state.status === 'completed') return { word: 'Out of date', icon: 'ti-history', tone: 'warn' };
  if (state.reused && state.status === 'completed') return { word: 'Reused', icon: 'ti-recycle', tone: 'good' };
  return LOOKS[state.status];
}

const FAMILIES: Record<string, string> = {
  Data: 'ti-database',
  'Data transformation': 'ti-transform',
  'Machine learning algorithms': 'ti-binary-tree',
  'Model training': 'ti-school',
  'Model scoring and evaluation': 'ti-chart-dots',
  'Python and SQL': 'ti-code',
  Registry: 'ti-package',
};

export const familyIcon = (family: string): string => FAMILIES[family] ?? 'ti-puzzle';

const KINDS: Record<string, string> = {
  integer: 'ti-123',
  number: 'ti-decimal',
  boolean: 'ti-toggle-left',
  date: 'ti-calendar',
  category: 'ti-tags',
  text: 'ti-abc',
};

export const kindIcon = (kind: string): string => KINDS[kind] ?? 'ti-question-mark';
