import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { ApiError } from '../app/api';
import { News, type NewsEvent, type Wiring } from './news';

class FakeSocket {
  static all: FakeSocket[] = [];
  readyState = 0;
  sent: unknown[] = [];
  onopen?: () => void;
  onclose?: () => void;
  onmessage?: (message: { data: string }) => void;

  constructor() {
    FakeSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.readyState = 3;
    this.onclose?.();
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  tell(event: number, type: NewsEvent['type'] = 'log', id = 'r1', body: unknown = {}): void {
    this.onmessage?.({ data: JSON.stringify({ topic: 'run', id, event, type, body }) });
  }
}

const last = (): FakeSocket => FakeSocket.all[FakeSocket.all.length - 1];

function news(fetch: Wiring['fetch'] = vi.fn()): News {
  return new News({ open: () => new FakeSocket() as unknown as WebSocket, fetch, random: () => 1 });
}

beforeEach(() => {
  FakeSocket.all = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

describe('news on a socket', () => {
  it('asks for what came after the last event that the page knows', () => {
    const heard: number[] = [];
    news().subscribe('run', 'r1', 7, (event) => heard.push(event.event));
    last().open();
    last().tell(8);
    last().tell(9);

    expect(last().sent).toEqual([{ topic: 'run', id: 'r1', after: 7 }]);
    expect(heard).toEqual([8, 9]);
  });

  it('comes back after a break and resumes where it was, hearing nothing twice', () => {
    const heard: number[] = [];
    news().subscribe('run', 'r1', 0, (event) => heard.push(event.event));
    last().open();
    last().tell(1);
    last().tell(2);
    last().close();
    vi.advanceTimersByTime(1000);
    last().open();
    last().tell(2);
    last().tell(3);

    expect(FakeSocket.all).toHaveLength(2);
    expect(last().sent).toEqual([{ topic: 'run', id: 'r1', after: 2 }]);
    expect(heard).toEqual([1, 2, 3]);
  });

  it('hears an event that was committed late, once', () => {
    const heard: number[] = [];
    news().subscribe('run', 'r1', 4, (event) => heard.push(event.event));
    last().open();
    for (const id of [6, 5, 5, 6, 4]) last().tell(id);

    expect(heard).toEqual([6, 5]);
  });

  it('waits longer from failure to failure', () => {
    news(() => new Promise(() => {})).subscribe('run', 'r1', 0, () => {});
    const pauses: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      const before = FakeSocket.all.length;
      last().close();
      let waited = 0;
      while (FakeSocket.all.length === before) {
        vi.advanceTimersByTime(100);
        waited += 100;
      }
      pauses.push(waited);
    }
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 15000, 15000]);
  });

  it('tries at once when the network comes back', () => {
    news().subscribe('run', 'r1', 0, () => {});
    last().close();
    window.dispatchEvent(new Event('online'));

    expect(FakeSocket.all).toHaveLength(2);
  });

  it('serves several listeners by one socket, from where the one that knows least stands', () => {
    const first: number[] = [];
    const second: number[] = [];
    const page = news();
    page.subscribe('run', 'r1', 5, (event) => first.push(event.event));
    last().open();
    last().tell(6);
    page.subscribe('run', 'r1', 2, (event) => second.push(event.event));
    for (const id of [3, 4, 5, 6, 7]) last().tell(id);

    expect(FakeSocket.all).toHaveLength(1);
    expect(last().sent[1]).toEqual({ topic: 'run', id: 'r1', after: 2 });
    expect(first).toEqual([6, 7]);
    expect(second).toEqual([3, 4, 5, 6, 7]);
  });

  it('stops asking when the last listener leaves, and closes the socket', () => {
    const page = news();
    const stop = page.subscribe('run', 'r1', 0, () => {});
    const stopOther = page.subscribe('run', 'r2', 0, () => {});
    const socket = last();
    socket.open();
    stop();

    expect(socket.sent.at(-1)).toEqual({ topic: 'run', id: 'r1', stop: true });
    stopOther();
    vi.advanceTimersByTime(60_000);
    expect(socket.readyState).toBe(3);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it('goes on from where the studio says when events were missed for good', () => {
    const heard: [string, number][] = [];
    news().subscribe('run', 'r1', 3, (event) => heard.push([event.type, event.event]));
    last().open();
    last().tell(90, 'reread');
    last().tell(91);
    last().close();
    vi.advanceTimersByTime(1000);
    last().open();

    expect(heard).toEqual([['reread', 90], ['log', 91]]);
    expect(last().sent).toEqual([{ topic: 'run', id: 'r1', after: 91 }]);
  });

  it('does not ask again for what was refused', () => {
    const heard: string[] = [];
    news().subscribe('run', 'r1', 0, (event) => heard.push(event.body.message));
    last().open();
    last().tell(0, 'error', 'r1', { code: 'not-found', message: 'There is no such run.' });
    last().close();
    vi.advanceTimersByTime(60_000);

    expect(heard).toEqual(['There is no such run.']);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it('keeps telling the others when one handler throws', () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const heard: number[] = [];
    const page = news();
    page.subscribe('run', 'r1', 0, () => {
      throw new Error('broken');
    });
    page.subscribe('run', 'r1', 0, (event) => heard.push(event.event));
    last().open();
    last().tell(1);

    expect(heard).toEqual([1]);
  });
});

describe('news where sockets are blocked', () => {
  async function blocked(times = 3): Promise<void> {
    for (let n = 0; n < times; n += 1) {
      last().close();
      await vi.advanceTimersByTimeAsync(5000);
    }
  }

  it('are fetched, and not any more once a socket opens', async () => {
    const heard: number[] = [];
    let next = 1;
    const fetch = vi.fn(async (_topic, _id, after: number) => ({
      events: [{ topic: 'run', id: 'r1', event: next, type: 'log', body: {} } as NewsEvent],
      last: Math.max(after, next++),
      reread: false,
    }));
    news(fetch).subscribe('run', 'r1', 0, (event) => heard.push(event.event));
    await blocked();
    await vi.advanceTimersByTimeAsync(4000);

    expect(heard.slice(0, 3)).toEqual([1, 2, 3]);
    last().open();
    const asked = fetch.mock.calls.length;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(fetch.mock.calls.length).toBe(asked);
    expect(last().sent).toEqual([{ topic: 'run', id: 'r1', after: heard.at(-1) }]);
  });

  it('are not fetched while the studio merely restarts', async () => {
    const fetch = vi.fn();
    news(fetch).subscribe('run', 'r1', 0, () => {});
    last().open();
    await blocked(1);
    last().open();

    expect(fetch).not.toHaveBeenCalled();
  });

  it('end when the person may no longer listen', async () => {
    const heard: string[] = [];
    const fetch = vi.fn().mockRejectedValue(new ApiError(404, 'not-found', 'There is no such run.'));
    news(fetch).subscribe('run', 'r1', 0, (event) => heard.push(event.type));
    await blocked();
    await vi.advanceTimersByTimeAsync(20_000);

    expect(heard).toEqual(['error']);
    expect(fetch).toHaveBeenCalledTimes(1);
  });
});
