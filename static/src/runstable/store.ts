/** All that the table knows of the runs of one view: the runs, the groups and their runs, the pinned ones. */

import { attribute } from './fields';
import { narrowed } from './grammar';
import { type GroupRow, type Question, type RunRow, type RunsApi, questionOf } from './query';
import { Rows } from './rows';
import { Source, type Span } from './source';
import type { View } from './view';

export interface Listener {
  changed(): void;
  failed(error: unknown): void;
}

/** What every row tells without being asked for a column. */
const IN_EVERY_ROW = new Set(['name', 'status', 'kind', 'experiment', 'user', 'created', 'started', 'duration', 'starred', 'run_id'].map(attribute));

export class Store {
  readonly runs = new Map<string, RunRow>();
  rows = new Rows(0, 0, 0, []);
  columns: string[] = [];
  private question: Question = { experiments: [], filter: '', lifecycle: 'active', nested: 'flat', order: [] };
  private main: Source<RunRow> | null = null;
  private groups: Source<GroupRow> | null = null;
  private pinned: Source<RunRow> | null = null;
  private readonly open_ = new Map<string, Source<RunRow>>();
  private pins: string[] = [];
  private groupBy: string[] = [];

  constructor(
    private readonly api: RunsApi,
    private readonly listener: Listener,
  ) {}

  /** Another view: resolves when its first rows are here; to false where a newer view overtook it. */
  async open(view: View, columns: string[]): Promise<boolean> {
    this.close();
    this.columns = columns;
    this.question = questionOf(view);
    this.groupBy = view.groups;
    this.pins = view.pinned;
    this.pinned = this.pins.length ? this.source({ ...this.question, filter: '', order: [], lifecycle: 'all', experiments: [], nested: 'flat', ids: this.pins }, () => this.pinnedCame()) : null;
    const main = view.groups.length ? this.groupSource() : this.source(this.withoutPins());
    if (view.groups.length) this.groups = main as Source<GroupRow>;
    else this.main = main as Source<RunRow>;
    const asked = this.asked();
    const [done] = await Promise.all([main.open(asked), this.pinned?.open(asked)]);
    this.arrange();
    return done;
  }

  close(): void {
    for (const source of this.sources()) source.close();
    this.main = this.groups = this.pinned = null;
    this.open_.clear();
  }

  /** The same runs, other columns. */
  setColumns(columns: string[]): void {
    this.columns = columns;
  }

  get isOpened(): boolean {
    return (this.groups ?? this.main)?.opened ?? false;
  }

  /** Whether the same runs are shown in the same order, as after another pin. */
  isSameQuestion(other: Store): boolean {
    return JSON.stringify([this.question, this.groupBy]) === JSON.stringify([other.question, other.groupBy]);
  }

  get isGrouped(): boolean {
    return this.groups !== null;
  }

  /** How many runs (or groups) match, the pinned ones not counted twice. */
  get total(): number {
    return (this.groups ?? this.main)?.total ?? 0;
  }

  get totalIsExact(): boolean {
    return (this.groups ?? this.main)?.exact ?? true;
  }

  get pinnedCount(): number {
    return this.pinned?.total ?? 0;
  }

  runAt(row: number): RunRow | undefined {
    const place = this.rows.at(row);
    if (place?.kind !== 'run') return undefined;
    if (place.source === 'pinned') return this.pinnedRow(place.index);
    return (place.source === '' ? this.main : this.open_.get(place.source))?.row(place.index);
  }

  groupAt(row: number): GroupRow | undefined {
    const place = this.rows.at(row);
    return place?.kind === 'group' ? this.groups?.row(place.index) : undefined;
  }

  /** Which row shows a run, if it is known. */
  rowOfRun(run_id: string): number | null {
    const pin = this.pins.indexOf(run_id);
    if (pin >= 0 && pin < this.pinnedCount) return this.rows.rowOf('pinned', pin);
    const index = this.main?.find((row) => row.run_id === run_id) ?? -1;
    return index < 0 ? null : this.rows.rowOf('', index);
  }

  /** The pinned runs and then the first that match, as far as they are here. */
  first(most: number): RunRow[] {
    const pinned = this.pins.flatMap((id) => this.runs.get(id) ?? []).filter(() => this.pinnedCount > 0);
    return [...pinned, ...(this.main?.loaded(most) ?? [])];
  }

  isOpen(group: GroupRow): boolean {
    return this.open_.has(keyOf(group));
  }

  toggle(group: GroupRow): void {
    const key = keyOf(group);
    const found = this.open_.get(key);
    if (found) {
      found.close();
      this.open_.delete(key);
      this.arrange();
      this.listener.changed();
      return;
    }
    const source = this.source({ ...this.question, filter: groupFilter(this.question.filter, group) });
    this.open_.set(key, source);
    void source.open(this.asked()).then(() => {
      this.arrange();
      this.listener.changed();
    });
  }

  want(rows: Span, span: Span): void {
    const { columns, inSight } = this.portion(span);
    for (const { source, part } of this.parts(rows)) source.want(part, columns, inSight);
  }

  /** Read again what is in sight; the rest when it comes into sight. */
  async refresh(rows: Span, span: Span): Promise<boolean> {
    const { columns, inSight } = this.portion(span);
    const parts = this.parts(rows);
    // Totals change too where nothing of a source is in sight.
    const asked = new Set(parts.map(({ source }) => source));
    for (const source of this.sources()) if (!asked.has(source)) parts.push({ source, part: { first: 0, last: 1 } });
    const done = await Promise.all(parts.map(({ source, part }) => source.refresh(part, columns, inSight)));
    this.arrange();
    return done.every(Boolean);
  }

  /** What is new of single runs, wherever they stand. */
  async reread(ids: string[], signal?: AbortSignal): Promise<void> {
    const known = ids.filter((id) => this.runs.has(id));
    if (!known.length) return;
    const question: Question = { ...this.question, experiments: [], filter: '', order: [], nested: 'flat', lifecycle: 'all', ids: known };
    const page = await this.api.runs(question, this.asked().slice(0, 200), 0, known.length, signal);
    for (const row of page.rows) this.merge(row);
  }

  /** The ids of all runs in these rows, also of those that were never looked at. */
  async idsOf(rows: Span): Promise<string[]> {
    const found: string[] = [];
    for (let row = rows.first; row < rows.last; row += 1) {
      const place = this.rows.at(row);
      if (place?.kind !== 'run') continue;
      const run = this.runAt(row);
      if (run) {
        found.push(run.run_id);
        continue;
      }
      const question = place.source === '' ? this.withoutPins() : { ...this.question, filter: this.filterOf(place.source) };
      const gap = Math.min(1000, rows.last - row);
      const page = await this.api.runs(question, [], place.index, gap);
      found.push(...page.rows.map((one) => one.run_id));
      row += Math.max(0, page.rows.length - 1);
    }
    return found;
  }

  private filterOf(key: string): string {
    const at = this.groups?.find((group) => keyOf(group) === key) ?? -1;
    const group = at < 0 ? undefined : this.groups?.row(at);
    return group ? groupFilter(this.question.filter, group) : this.question.filter;
  }

  private withoutPins(): Question {
    if (!this.pins.length) return this.question;
    return { ...this.question, filter: narrowed(this.question.filter, { field: attribute('run_id'), op: 'NOT IN', value: this.pins }) };
  }

  private source(question: Question, arrived?: () => void): Source<RunRow> {
    const changed = (): void => {
      arrived?.();
      this.arrange();
      this.listener.changed();
    };
    return new Source<RunRow>(
      (columns, offset, limit, signal) => this.api.runs(question, columns, offset, limit, signal),
      (row) => this.merge(row),
      changed,
      (error) => this.listener.failed(error),
    );
  }

  private groupSource(): Source<GroupRow> {
    const { question, groupBy } = this;
    const known = new Map<string, GroupRow>();
    return new Source<GroupRow>(
      (columns, offset, limit, signal) => this.api.groups(question, groupBy, columns, offset, limit, signal),
      (row) => {
        const before = known.get(keyOf(row));
        const merged = before ? { ...row, metrics: { ...before.metrics, ...row.metrics } } : row;
        known.set(keyOf(row), merged);
        return merged;
      },
      () => {
        this.arrange();
        this.listener.changed();
      },
      (error) => this.listener.failed(error),
    );
  }

  /** One object per run, whichever source tells of it. */
  private merge(row: RunRow): RunRow {
    const before = this.runs.get(row.run_id);
    if (!before) {
      this.runs.set(row.run_id, row);
      return row;
    }
    const values = { ...before.values, ...row.values };
    Object.assign(before, row, { values, version: (before.version ?? 0) + 1 });
    return before;
  }

  /** The pinned stand in the order in which they were pinned; those that are gone for good leave no gap. */
  private pinnedRow(index: number): RunRow | undefined {
    return this.runs.get(this.pins[index] ?? '');
  }

  private pinnedCame(): void {
    if (this.pinned?.opened) this.pins = this.pins.filter((id) => this.pinned?.find((row) => row.run_id === id) !== -1);
  }

  private asked(): string[] {
    return this.columns.filter((name) => !IN_EVERY_ROW.has(name));
  }

  /** The columns in sight, counted among those that have to be asked for. */
  private portion(span: Span): { columns: string[]; inSight: Span } {
    const columns = this.asked();
    const seen = this.columns.slice(span.first, span.last).filter((name) => !IN_EVERY_ROW.has(name));
    const first = seen.length ? columns.indexOf(seen[0] as string) : 0;
    return { columns, inSight: { first, last: first + seen.length } };
  }

  private *sources(): Iterable<Source<RunRow> | Source<GroupRow>> {
    if (this.main) yield this.main;
    if (this.groups) yield this.groups;
    if (this.pinned) yield this.pinned;
    yield* this.open_.values();
  }

  /** Which stretch of which source stands in these rows. */
  private parts(rows: Span): { source: Source<RunRow> | Source<GroupRow>; part: Span }[] {
    const found = new Map<Source<RunRow> | Source<GroupRow>, Span>();
    for (let row = rows.first; row < rows.last; row += 1) {
      const place = this.rows.at(row);
      if (!place) continue;
      const source = place.kind === 'group' ? this.groups : place.source === '' ? this.main : place.source === 'pinned' ? this.pinned : this.open_.get(place.source);
      if (!source) continue;
      const part = found.get(source);
      if (part) part.last = place.index + 1;
      else found.set(source, { first: place.index, last: place.index + 1 });
    }
    return [...found].map(([source, part]) => ({ source, part }));
  }

  private arrange(): void {
    const open = [...this.open_].flatMap(([key, source]) => {
      const group = this.groups?.find((row) => keyOf(row) === key) ?? -1;
      return group < 0 ? [] : [{ group, source: key, count: source.total }];
    });
    this.rows = new Rows(this.pinnedCount, this.main ? this.main.total : null, this.groups?.total ?? 0, open);
  }
}

export function keyOf(group: GroupRow): string {
  return JSON.stringify(Object.entries(group.values));
}

function groupFilter(filter: string, group: GroupRow): string {
  return filter.trim() ? `(${filter}) AND ${group.filter}` : group.filter;
}
