/** Asks the server, a moment after each edit, what is wrong and which columns arrive where. The last answer counts. */
import type { Check } from '../api';
import type { GraphDoc } from '../graph/document';

export const PAUSE = 300;

export function makeChecker(ports: {
  check(graph: GraphDoc, signal: AbortSignal): Promise<Check>;
  graph(): GraphDoc;
  done(check: Check, graph: GraphDoc): void;
  failed(error: unknown): void;
}) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: AbortController | null = null;
  let attempt = 0;

  async function ask(): Promise<void> {
    asking?.abort();
    const mine = (asking = new AbortController());
    const graph = ports.graph();
    try {
      const answer = await ports.check(graph, mine.signal);
      attempt = 0;
      if (asking === mine) ports.done(answer, graph);
    } catch (error) {
      if (mine.signal.aborted) return;
      ports.failed(error);
      timer = setTimeout(() => void ask(), Math.min(2000 * 2 ** attempt++, 30_000));
    }
  }

  return {
    now: ask,
    changed(): void {
      clearTimeout(timer);
      timer = setTimeout(() => void ask(), PAUSE);
    },
  };
}
