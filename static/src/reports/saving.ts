/** Keeps what is written: a second after the last key, one request at a time, and a mark that says how it stands. */

import { ApiError, api, sentence } from '../app/api';

export type SaveState = { kind: 'saved' } | { kind: 'waiting' } | { kind: 'saving' } | { kind: 'failed' | 'stale'; why: string };
export interface Draft { title: string; body: string }

const PAUSE = 1000;
const RETRY = 5000;

export class Saver {
  private saved: Draft;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private busy = false;
  private stale = false;

  constructor(
    private readonly address: string,
    private revision: number,
    private draft: Draft,
    private readonly tell: (state: SaveState) => void,
  ) {
    this.saved = { ...draft };
  }

  get revisionNow(): number {
    return this.revision;
  }

  /** Whether something would be lost with the window. */
  get isDirty(): boolean {
    return this.busy || this.draft.title !== this.saved.title || this.draft.body !== this.saved.body;
  }

  change(part: Partial<Draft>): void {
    this.draft = { ...this.draft, ...part };
    // Never over what somebody else has written: the person decides.
    if (this.stale || !this.isDirty) return;
    this.tell({ kind: 'waiting' });
    this.schedule(PAUSE);
  }

  /** Save now; whoever asks can wait for it. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    if (this.busy || this.stale || !this.isDirty) return;
    // An empty title is on its way to another one.
    const sending = { title: this.draft.title.trim() || this.saved.title, body: this.draft.body };
    const raw = { ...this.draft };
    this.busy = true;
    this.tell({ kind: 'saving' });
    try {
      const said = await api<{ revision: number }>('PATCH', this.address, { revision: this.revision, ...sending });
      this.revision = said.revision;
      this.saved = raw;
      this.busy = false;
      if (this.isDirty) this.schedule(PAUSE);
      else this.tell({ kind: 'saved' });
    } catch (error) {
      this.busy = false;
      if (error instanceof ApiError && [404, 409].includes(error.status)) {
        this.stale = true;
        this.tell({ kind: 'stale', why: sentence(error) });
      } else {
        this.tell({ kind: 'failed', why: sentence(error) });
        // What the studio refuses is refused again; what it did not hear is said again.
        if (!(error instanceof ApiError) || error.status === 0 || error.status >= 500) this.schedule(RETRY);
      }
    }
  }

  private schedule(after: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), after);
  }
}
