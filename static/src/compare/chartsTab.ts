/** The wall of metric charts over the compared runs. */

import { colorOf } from '../charts/colors';
import { metricWall, type ChartRun, type WallState } from '../charts/wall';
import { h } from '../runs/dom';
import type { Part, PartContext, Seen } from './page';

/** A longer address is cut off by servers and mail programs; what does not fit is kept while the page is open. */
const LONGEST = 1500;

export function chartsTab(context: PartContext): Part {
  const element = h('div', {});
  let wall: ReturnType<typeof metricWall> | null = null;
  let drawn = '';
  return {
    element,
    show: (seen: Seen) => {
      const runs: ChartRun[] = seen.runs.map((run) => ({ run_id: run.run_id, name: run.name, color: colorOf(run.run_id) }));
      const signature = JSON.stringify(runs);
      if (!wall) {
        wall = metricWall({
          workspace: context.workspace,
          runs,
          state: stateOf(seen.view.charts),
          metrics: seen.compared.metrics.map((row) => row.key),
          changed: (state) => {
            const text = JSON.stringify(state);
            context.change({ charts: text === '{}' || text.length > LONGEST ? '' : text });
          },
        });
        element.append(wall.element);
      } else if (signature !== drawn) wall.setRuns(runs);
      else if (seen.news) wall.refresh([...seen.news]);
      drawn = signature;
    },
  };
}

function stateOf(text: string): Partial<WallState> {
  try {
    const state: unknown = JSON.parse(text || '{}');
    return state && typeof state === 'object' ? (state as Partial<WallState>) : {};
  } catch {
    return {};
  }
}
