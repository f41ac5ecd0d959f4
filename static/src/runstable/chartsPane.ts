/** The charts beside the table: those of the runs at its top, less the hidden ones. */

import { colorOf } from '../charts/colors';
import type { ChartRun, WallState, metricWall } from '../charts/wall';
import { sentence } from '../app/api';
import { MOST_RUNS, freshState } from '../charts/state';
import { h, icon } from '../runs/dom';
import type { RunRow } from './query';
import type { View } from './view';

export interface ChartsOptions {
  workspace: string;
  view(): View;
  changed(part: Partial<View>): void;
}

export class ChartsPane {
  readonly element: HTMLElement;
  private readonly line = h('span', { class: 'text-secondary', role: 'status' });
  private readonly more = h('button', { type: 'button', class: 'btn btn-sm btn-link py-0', click: () => this.drawMore() });
  private readonly place = h('div', { class: 'rt-wall' });
  private wall: ReturnType<typeof metricWall> | null = null;
  private shown = '';
  private state = '';
  private make: Promise<typeof metricWall> | null = null;

  constructor(private readonly o: ChartsOptions) {
    this.element = h('section', { class: 'rt-charts', 'aria-label': 'Charts' }, h('div', { class: 'rt-charts-head' }, icon('chart-line'), this.line, this.more), this.place);
  }

  /** `runs` are the first of the table and the pinned ones, hidden ones too. */
  async show(runs: RunRow[], total: number): Promise<void> {
    // Who looks at the table alone does not load the charts.
    this.make ??= import('../charts/wall').then((module) => module.metricWall);
    let make: typeof metricWall;
    try {
      make = await this.make;
    } catch (error) {
      this.make = null;
      this.place.replaceChildren(h('div', { class: 'rt-none text-danger', role: 'alert' }, `The charts cannot be loaded: ${sentence(error)}`));
      return;
    }
    if (!this.element.isConnected || this.element.hidden) return;
    const view = this.o.view();
    const hidden = new Set(view.hidden);
    const drawn: ChartRun[] = runs.filter((run) => !hidden.has(run.run_id)).map((run) => ({ run_id: run.run_id, name: run.name, color: view.colors[run.run_id] ?? colorOf(run.run_id) }));
    const off = runs.length - drawn.length;
    this.line.textContent = `${drawn.length.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} runs drawn${off ? `, ${off} hidden` : ''}`;
    const next = this.next();
    this.more.hidden = runs.length >= total || next === undefined;
    this.more.textContent = `Draw ${Math.min(next ?? 0, total).toLocaleString('en-US')}`;
    const state = JSON.stringify(view.charts);
    // Another state than the wall's own last word: another view was opened.
    if (this.wall && state !== this.state) this.stop();
    const sign = JSON.stringify(drawn);
    if (!this.wall) {
      this.state = state;
      this.wall = make({
        workspace: this.o.workspace, runs: drawn, state: view.charts as Partial<WallState>,
        changed: (now) => {
          this.state = JSON.stringify(now);
          this.o.changed({ charts: now as unknown as Record<string, unknown> });
        },
      }); // prettier-ignore
      this.place.replaceChildren(this.wall.element);
    } else if (sign !== this.shown) this.wall.setRuns(drawn);
    this.shown = sign;
  }

  /** How many runs the charts take. */
  get most(): number {
    const { most } = this.o.view().charts;
    return typeof most === 'number' && MOST_RUNS.some((one) => one === most) ? most : freshState().most;
  }

  private next(): number | undefined {
    return MOST_RUNS.find((most) => most > this.most);
  }

  private drawMore(): void {
    this.o.changed({ charts: { ...this.o.view().charts, most: this.next() } });
  }

  refresh(run_ids: string[]): void {
    this.wall?.refresh(run_ids);
  }

  stop(): void {
    this.wall?.stop();
    this.wall = null;
    this.place.replaceChildren();
  }
}
