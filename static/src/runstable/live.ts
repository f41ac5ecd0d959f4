/** What news of the workspace mean for the rows in sight: which have to be read again, and when. */

import { subscribe, type NewsEvent } from '../live/news';
import { fieldOf } from './fields';
import { tokens } from './grammar';
import type { View } from './view';

export const PAUSE = 1000;

export interface LiveOptions {
  workspace: string;
  after: number;
  view(): View;
  known(run_id: string): boolean;
  /** Runs may have come, gone or changed places. */
  all(): Promise<void>;
  /** Only what these rows show has changed. */
  some(run_ids: string[]): Promise<void>;
  /** These runs have new values, shown in rows or not. */
  measured(run_ids: string[]): void;
}

/** null: everything in sight; else the runs whose rows are read again. */
export function meant(news: Pick<NewsEvent, 'type' | 'body'>[], view: View, known: (run_id: string) => boolean): string[] | null {
  const touched = new Set<string>();
  const moves = movedByMetrics(view);
  for (const { type, body } of news) {
    // A run that is new, or in another state: whether it is shown, and where, the server knows.
    if (type !== 'metric' || moves || view.groups.length) return null;
    if (typeof body?.run_id === 'string' && known(body.run_id)) touched.add(body.run_id);
  }
  return [...touched];
}

/** Whether a new value may put runs in another order, or in or out of the filter. */
export function movedByMetrics(view: View): boolean {
  const named = [...view.order.map((key) => key.field), ...tokens(view.filter).flatMap((token) => (token.kind === 'name' ? token.text : []))];
  return named.some((name) => fieldOf(name)?.kind === 'metric');
}

export function startLive(o: LiveOptions): () => void {
  let waiting: NewsEvent[] = [];
  let busy = false;
  let again: ReturnType<typeof setTimeout> | undefined;
  const work = async (): Promise<void> => {
    if (busy || !waiting.length || document.visibilityState === 'hidden') return;
    busy = true;
    const news = waiting;
    waiting = [];
    const ids = meant(news, o.view(), o.known);
    try {
      if (ids === null) await o.all();
      else if (ids.length) await o.some(ids);
      const measured = news.filter(({ type }) => type === 'metric').map(({ body }) => String(body.run_id));
      if (measured.length) o.measured([...new Set(measured)]);
    } finally {
      // However many things happen at once, the studio is asked only so often.
      again = setTimeout(() => {
        busy = false;
        void work();
      }, PAUSE);
    }
  };
  const stop = subscribe('workspace', o.workspace, o.after, (event) => {
    if (event.type === 'error') return;
    waiting.push(event);
    void work();
  });
  const seen = (): void => void work();
  document.addEventListener('visibilitychange', seen);
  return () => {
    stop();
    clearTimeout(again);
    document.removeEventListener('visibilitychange', seen);
  };
}
