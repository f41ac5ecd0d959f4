/** The rows of one table as they are asked for: blocks of rows and columns, kept while the wish stays the same. */

import { api } from '../app/api';
import { BLOCK_COLUMNS, BLOCK_ROWS, type Cell, type Column, type Page, type Span, type Wish, rowsAddress } from './gridModel';

const MOST_BLOCKS = 400;
const AT_ONCE = 4;

export class GridStore {
  columns: Column[] = [];
  matched = 0;
  total = 0;
  private readonly blocks = new Map<string, Cell[][]>();
  private readonly asked = new Set<string>();
  private waiting: string[] = [];
  private running = 0;
  private stop = new AbortController();

  constructor(
    private readonly rowsUrl: string,
    private readonly changed: () => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Another wish: forget the rows, and read the first. Resolves to false where a newer wish overtook this one. */
  async open(wish: Wish): Promise<boolean> {
    this.stop.abort();
    const stop = (this.stop = new AbortController());
    let page: Page;
    try {
      page = await api<Page>('GET', rowsAddress(this.rowsUrl, wish, 0, BLOCK_ROWS, null), undefined, {
        signal: stop.signal,
      });
    } catch (error) {
      if (stop.signal.aborted) return false;
      throw error;
    }
    if (stop.signal.aborted) return false;
    this.blocks.clear();
    this.asked.clear();
    this.waiting = [];
    this.running = 0;
    this.wish = wish;
    this.columns = page.columns;
    this.matched = page.matched;
    this.total = page.total;
    // A very wide table answers with fewer rows than asked: those blocks are read when they come into view.
    if (page.rows.length === Math.min(BLOCK_ROWS, page.matched)) {
      for (let chunk = 0; chunk * BLOCK_COLUMNS < page.columns.length; chunk += 1) {
        const from = chunk * BLOCK_COLUMNS;
        this.keep(`0:${chunk}`, page.rows.map((row) => row.slice(from, from + BLOCK_COLUMNS)));
      }
    }
    return true;
  }

  private wish: Wish = { sort: '', search: '', filters: [] };

  /** The value, or undefined while it is on its way. */
  cell(row: number, column: number): Cell | undefined {
    const block = this.blocks.get(key(row, column));
    return block?.[row % BLOCK_ROWS]?.[column % BLOCK_COLUMNS];
  }

  /** See to it that these cells are here, or on their way; what is wanted last comes first. */
  want(rows: Span, columns: Span): void {
    const wanted: string[] = [];
    for (let row = Math.floor(rows.first / BLOCK_ROWS); row * BLOCK_ROWS < rows.last; row += 1) {
      for (let chunk = Math.floor(columns.first / BLOCK_COLUMNS); chunk * BLOCK_COLUMNS < columns.last; chunk += 1) {
        const name = `${row}:${chunk}`;
        if (!this.blocks.has(name) && !this.asked.has(name)) wanted.push(name);
      }
    }
    this.waiting = wanted;
    this.next();
  }

  close(): void {
    this.stop.abort();
  }

  private next(): void {
    while (this.running < AT_ONCE && this.waiting.length) void this.fetch(this.waiting.shift() as string);
  }

  private async fetch(name: string): Promise<void> {
    const stop = this.stop;
    this.asked.add(name);
    this.running += 1;
    const [row = 0, chunk = 0] = name.split(':').map(Number);
    const narrow = this.columns.length <= BLOCK_COLUMNS;
    const names = this.columns.slice(chunk * BLOCK_COLUMNS, (chunk + 1) * BLOCK_COLUMNS).map((c) => c.name);
    try {
      const address = rowsAddress(this.rowsUrl, this.wish, row * BLOCK_ROWS, BLOCK_ROWS, narrow ? null : names);
      const page = await api<Page>('GET', address, undefined, { signal: stop.signal });
      if (stop.signal.aborted) return;
      this.keep(name, page.rows);
      this.changed();
    } catch (error) {
      if (!stop.signal.aborted) this.failed(error);
    } finally {
      if (!stop.signal.aborted) {
        this.asked.delete(name);
        this.running -= 1;
        this.next();
      }
    }
  }

  private keep(name: string, rows: Cell[][]): void {
    this.blocks.set(name, rows);
    if (this.blocks.size > MOST_BLOCKS) this.blocks.delete(this.blocks.keys().next().value as string);
  }
}

function key(row: number, column: number): string {
  return `${Math.floor(row / BLOCK_ROWS)}:${Math.floor(column / BLOCK_COLUMNS)}`;
}
