/** What every kind of chart in a panel can do, and what the wall gives it. */

import type { Cell } from '../runs/csv';
import type { Curves } from './curves';
import type { Fields } from './fields';
import type { Ink, Size } from './ink';
import type { WallState } from './state';
import type { Theme } from './theme';

export interface ChartRun {
  run_id: string;
  name: string;
  color: string;
}

export interface Table {
  columns: string[];
  rows: Cell[][];
}

export interface Chart {
  element: HTMLElement;
  /** The state, the runs or their values may have changed. */
  update(): void;
  /** As it is now, for a file: on paper, in any size. */
  picture(ink: Ink, size: Size, theme: Theme): void;
  /** What the lines are, for a picture that nobody can point at. */
  legend?(): { name: string; color: string; dash: readonly number[] }[];
  table(): Table;
  stop(): void;
}

/** The wall, as its panels see it. */
export interface Place {
  workspace: string;
  curves: Curves;
  fields: Fields;
  state(): WallState;
  /** The runs that are drawn, in order. */
  runs(): readonly ChartRun[];
  /** What the runs have in the field that they are grouped by; null while nothing is grouped. */
  groupOf(run_id: string): string | null;
  change(make: (state: WallState) => WallState): void;
}

export interface Words {
  /** Said in the head of the panel: what is reduced, left out or not there. */
  note(text: string): void;
  busy(on: boolean): void;
}
