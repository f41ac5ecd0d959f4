/** A page that goes away takes nothing unsaved with it: it sends what it can, and warns where it cannot. */
import type { Saver } from './store/saver';
import { studio } from './store';

export function guardLeaving(saver: Saver): void {
  window.addEventListener('pagehide', () => void saver.leave());
  window.addEventListener('beforeunload', (event) => {
    // A save of the last half second fits into the goodbye; anything that failed or is larger does not.
    const kind = studio().save.kind;
    if (!saver.dirty() || (kind === 'saving' && saver.leave())) return;
    event.preventDefault();
  });
  const look = (): void => {
    if (document.visibilityState === 'visible') void studio().lookForOthers();
  };
  document.addEventListener('visibilitychange', look);
  window.addEventListener('focus', look);
  window.addEventListener('online', () => studio().retrySave());
}
