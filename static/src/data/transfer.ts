/** One file on its way to the studio: by chunks, each sent again until it has arrived, from wherever the studio is. */

import { ApiError, api, csrfToken } from '../app/api';

export interface UploadRecord {
  id: string;
  received: number;
  chunk_size: number;
  status: string;
}

export interface Progress {
  sent: number;
  size: number;
  rate: number | null; // bytes a second
  trouble: string; // why nothing moves just now; "" while it does
}

/** What carries bytes; the browser's in life, another in tests. */
export interface Wire {
  begin(): Promise<UploadRecord>;
  send(id: string, offset: number, chunk: Blob, moved: (bytes: number) => void, signal: AbortSignal): Promise<{ received: number }>;
  look(id: string): Promise<UploadRecord>;
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 15_000;
const RATE_WINDOW = 8000;

export class Transfer {
  private readonly stop = new AbortController();
  private readonly seen: { at: number; sent: number }[] = [];
  id = '';

  constructor(
    private readonly file: Blob,
    private readonly wire: Wire,
    private readonly tell: (progress: Progress) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  cancel(): void {
    this.stop.abort();
  }

  /** The upload's id once every byte is there. Throws what cannot be mended, and an AbortError after `cancel`. */
  async run(resume?: UploadRecord): Promise<string> {
    const { file, wire } = this;
    const upload = resume ?? (await this.persist(() => wire.begin()));
    this.id = upload.id;
    let offset = upload.received;
    this.report(offset);
    while (offset < file.size) {
      const from = offset;
      const chunk = file.slice(from, from + upload.chunk_size);
      try {
        const answer = await wire.send(upload.id, from, chunk, (bytes) => this.report(from + bytes), this.stop.signal);
        offset = answer.received;
      } catch (error) {
        this.stop.signal.throwIfAborted();
        if (error instanceof ApiError && error.code === 'wrong-offset') {
          offset = Number(error.fields.received);
        } else {
          if (!passes(error)) throw error;
          // The connection broke, maybe after the bytes had arrived: the studio knows how far it is.
          offset = (await this.persist(() => wire.look(upload.id), error)).received;
        }
      }
      this.stop.signal.throwIfAborted();
      this.report(offset);
    }
    return upload.id;
  }

  /** Try until it works or cannot; longer and longer pauses in between. */
  private async persist<T>(what: () => Promise<T>, first?: unknown): Promise<T> {
    let pause = FIRST_PAUSE;
    let error = first;
    for (;;) {
      if (error !== undefined) {
        this.report(this.seen.at(-1)?.sent ?? 0, `${error instanceof Error ? error.message : String(error)} Trying again.`);
        await this.wire.wait(pause, this.stop.signal);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      }
      try {
        return await what();
      } catch (next) {
        this.stop.signal.throwIfAborted();
        if (!passes(next)) throw next;
        error = next;
      }
    }
  }

  private report(sent: number, trouble = ''): void {
    const at = this.now();
    this.seen.push({ at, sent });
    while (this.seen.length > 2 && at - (this.seen[0]?.at ?? at) > RATE_WINDOW) this.seen.shift();
    const oldest = this.seen[0];
    const seconds = oldest ? (at - oldest.at) / 1000 : 0;
    const moved = oldest ? sent - oldest.sent : 0;
    this.tell({ sent, size: this.file.size, rate: seconds > 0.3 && moved > 0 ? moved / seconds : null, trouble });
  }
}

/** Whether waiting may help: no answer, or the studio's own trouble, but never a refusal. */
export function passes(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 502);
}

export function browserWire(address: string, file: File, purpose = 'data'): Wire {
  return {
    begin: () => api<UploadRecord>('POST', address, { filename: file.name, size: file.size, purpose }),
    look: (id) => api<UploadRecord>('GET', `${address}/${id}`),
    send: (id, offset, chunk, moved, signal) => send(`${address}/${id}`, offset, chunk, moved, signal),
    wait: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, milliseconds);
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          reject(signal.reason as Error);
        });
      }),
  };
}

/** By XMLHttpRequest, because fetch does not say how much of a body has gone out. */
function send(
  address: string,
  offset: number,
  chunk: Blob,
  moved: (bytes: number) => void,
  signal: AbortSignal,
): Promise<{ received: number }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PATCH', address);
    request.setRequestHeader('Upload-Offset', String(offset));
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.setRequestHeader('X-CSRFToken', csrfToken());
    request.upload.addEventListener('progress', (event) => moved(event.loaded));
    request.addEventListener('load', () => {
      let answer: { received?: number; code?: string; message?: string; fields?: Record<string, unknown> } = {};
      try {
        answer = JSON.parse(request.responseText) as typeof answer;
      } catch {
        // A proxy's own page, perhaps; the status says enough.
      }
      if (request.status >= 200 && request.status < 300) resolve({ received: Number(answer.received) });
      else reject(new ApiError(request.status, answer.code ?? 'error', answer.message ?? `The studio answered ${request.status}.`, answer.fields));
    });
    request.addEventListener('error', () => reject(new ApiError(0, 'unreachable', 'The connection to the studio is broken.')));
    request.addEventListener('abort', () => reject(signal.reason as Error));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(chunk);
  });
}

/** 12 s left · 3 min left, and nothing while nobody can know */
export function remaining(progress: Progress): string {
  if (!progress.rate) return '';
  const seconds = Math.ceil((progress.size - progress.sent) / progress.rate);
  return seconds < 90 ? `${seconds} s left` : `${Math.round(seconds / 60)} min left`;
}
