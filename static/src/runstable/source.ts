/** The rows of one question, read in blocks where they are looked at, for the columns that are looked at. */

import type { Page } from './query';

export const BLOCK = 100;
/** Columns are read in portions of at least so many, so that a step to the side asks for nothing. */
const PORTION = 40;
const AT_ONCE = 3;

export interface Span {
  first: number;
  last: number; // exclusive
}

export type Fetch<Row> = (columns: string[], offset: number, limit: number, signal: AbortSignal) => Promise<Page<Row>>;

interface Wanted {
  block: number;
  columns: string[];
}

export class Source<Row extends object> {
  total = 0;
  exact = true;
  /** Whether the first answer has come. */
  opened = false;
  private rows: (Row | undefined)[] = [];
  /** Which columns of a block are here and true. */
  private have = new Map<number, Set<string>>();
  private asked = new Map<number, Set<string>>();
  private waiting: Wanted[] = [];
  private running = 0;
  private readonly stop = new AbortController();
  private generation = 0;

  constructor(
    private readonly fetch: Fetch<Row>,
    /** Keeps what is known of a row and takes over what is new. */
    private readonly merge: (row: Row) => Row,
    private readonly changed: () => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  row(index: number): Row | undefined {
    return this.rows[index];
  }

  find(matches: (row: Row) => boolean): number {
    return this.rows.findIndex((row) => row !== undefined && matches(row));
  }

  /** What is here of the rows, in order, without gaps: up to the first that is not. */
  loaded(most: number): Row[] {
    const found: Row[] = [];
    for (let index = 0; index < Math.min(most, this.total); index += 1) {
      const row = this.rows[index];
      if (!row) break;
      found.push(row);
    }
    return found;
  }

  close(): void {
    this.stop.abort();
  }

  /** Read the first block. Resolves to false where the source was closed meanwhile. */
  async open(columns: string[]): Promise<boolean> {
    return this.read({ block: 0, columns: columns.slice(0, PORTION) }, true);
  }

  /** See to it that these cells are here or on their way. `columns` are all, `span` those in sight. */
  want(rows: Span, columns: string[], span: Span): void {
    this.waiting = [];
    for (let block = Math.floor(rows.first / BLOCK); block * BLOCK < Math.min(rows.last, Math.max(1, this.total)); block += 1) {
      const missing = this.missing(block, columns, span);
      if (missing) this.waiting.push({ block, columns: missing });
    }
    this.next();
  }

  /** Everything may have changed: read again what is in sight, and the rest when it comes into sight. */
  async refresh(rows: Span, columns: string[], span: Span): Promise<boolean> {
    this.generation += 1;
    this.have.clear();
    this.asked.clear();
    this.waiting = [];
    const spread = portion(columns, span);
    const first = Math.floor(rows.first / BLOCK);
    const last = Math.max(first + 1, Math.ceil(Math.min(rows.last, Math.max(1, this.total)) / BLOCK));
    const blocks = Array.from({ length: last - first }, (_, at) => first + at);
    const done = await Promise.all(blocks.map((block) => this.read({ block, columns: spread }, false)));
    return done.every(Boolean);
  }

  private missing(block: number, columns: string[], span: Span): string[] | null {
    const have = this.have.get(block);
    const asked = this.asked.get(block);
    if (!have && !asked) return portion(columns, span);
    const gone = (name: string): boolean => !have?.has(name) && !asked?.has(name);
    if (!columns.slice(span.first, span.last).some(gone)) return null;
    return portion(columns, span).filter(gone);
  }

  private next(): void {
    while (this.running < AT_ONCE && this.waiting.length) void this.read(this.waiting.shift() as Wanted, true);
  }

  private async read({ block, columns }: Wanted, tell: boolean): Promise<boolean> {
    const { generation } = this;
    const asked = this.asked.get(block) ?? new Set();
    for (const name of columns) asked.add(name);
    this.asked.set(block, asked);
    this.running += 1;
    try {
      const page = await this.fetch(columns, block * BLOCK, BLOCK, this.stop.signal);
      // An answer that a later question overtook would put old rows over new ones.
      if (this.stop.signal.aborted || generation !== this.generation) return false;
      this.keep(block, columns, page);
      if (tell) this.changed();
      return true;
    } catch (error) {
      if (!this.stop.signal.aborted) this.failed(error);
      return false;
    } finally {
      this.running -= 1;
      if (!this.stop.signal.aborted) {
        if (generation === this.generation) for (const name of columns) asked.delete(name);
        this.next();
      }
    }
  }

  private keep(block: number, columns: string[], page: Page<Row>): void {
    this.opened = true;
    this.total = page.total;
    this.exact = page.total_is_exact;
    for (let at = 0; at < BLOCK; at += 1) {
      const row = page.rows[at];
      this.rows[block * BLOCK + at] = row && this.merge(row);
    }
    this.rows.length = Math.min(this.rows.length, this.total);
    const have = this.have.get(block) ?? new Set();
    for (const name of columns) have.add(name);
    this.have.set(block, have);
  }
}

/** The columns in sight and their neighbours, or all where they are few. */
function portion(columns: string[], span: Span): string[] {
  if (columns.length <= PORTION) return columns;
  const spare = Math.max(0, Math.ceil((PORTION - (span.last - span.first)) / 2));
  return columns.slice(Math.max(0, span.first - spare), span.last + spare);
}
