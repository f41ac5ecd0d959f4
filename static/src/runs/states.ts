/** States in words and icons: never by colour alone. The same words as the template tags of `studio.pages`. */

import { h, icon } from './dom';

export type Status = 'queued' | 'running' | 'cancelling' | 'completed' | 'failed' | 'errored' | 'cancelled' | 'skipped';

export interface Look {
  word: string;
  icon: string;
  tone: string;
}

const LOOKS: Record<Status, Look> = {
  queued: { word: 'Waiting', icon: 'clock', tone: 'secondary' },
  running: { word: 'Running', icon: 'loader-2', tone: 'azure' },
  cancelling: { word: 'Stopping', icon: 'player-stop', tone: 'orange' },
  completed: { word: 'Done', icon: 'circle-check', tone: 'green' },
  failed: { word: 'Failed', icon: 'alert-circle', tone: 'red' },
  errored: { word: 'Studio error', icon: 'bug', tone: 'red' },
  cancelled: { word: 'Cancelled', icon: 'ban', tone: 'orange' },
  skipped: { word: 'Skipped', icon: 'player-skip-forward', tone: 'secondary' },
};
const REUSED: Look = { word: 'Reused', icon: 'recycle', tone: 'green' };

const OVER = new Set<Status>(['completed', 'failed', 'errored', 'cancelled', 'skipped']);

export const isOver = (status: Status): boolean => OVER.has(status);
export const isUnfinished = (status: Status): boolean => ['failed', 'errored', 'cancelled'].includes(status);

export function lookOf(status: Status, reused = false): Look {
  return reused && status === 'completed' ? REUSED : LOOKS[status];
}

export function stateBadge(status: Status, reused = false): HTMLElement {
  const look = lookOf(status, reused);
  return h(
    'span',
    { class: `studio-state text-${look.tone}`, 'data-state': status },
    icon(look.icon, status === 'running' ? 'studio-turning' : ''),
    h('span', {}, look.word),
  );
}
