/**
 * News of records as they happen: `subscribe(topic, id, after, handler)`. One socket serves the whole page; it comes back
 * by itself and resumes after the last event each subscription has had. Where sockets are blocked (a proxy, a company
 * network) the same events are fetched over HTTP, a little later.
 *
 * Handlers hear each event once and in order. Type "reread": events were missed that are no longer kept, read the record
 * again. Type "error": this subscription has ended; `body.message` says why.
 */

import { api, ApiError } from '../app/api';

export type Topic = 'run' | 'workspace';

export interface NewsEvent {
  topic: Topic;
  id: string;
  event: number;
  type: 'run' | 'step' | 'progress' | 'log' | 'metric' | 'note' | 'reread' | 'error';
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the shape depends on the type
  body: any;
}

export type Handler = (news: NewsEvent) => void;

export interface Wiring {
  open: () => WebSocket;
  fetch: (topic: Topic, id: string, after: number) => Promise<{ events: NewsEvent[]; last: number; reread: boolean }>;
  random: () => number;
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;
const STEADY_AFTER = 5_000;
const POLL_EVERY = 2_000;
/** So many sockets in a row that never opened mean that they are blocked, not that the studio restarts. */
const GIVE_UP_AFTER = 3;
const REMEMBERED = 5_000;

export function subscribe(topic: Topic, id: string, after: number, handler: Handler): () => void {
  page ??= new News(browser);
  return page.subscribe(topic, id, after, handler);
}

let page: News | undefined;

class Subscription {
  last: number;
  private floor: number;
  private seen = new Set<number>();

  constructor(
    readonly topic: Topic,
    readonly id: string,
    after: number,
    private readonly handler: Handler,
  ) {
    this.last = after;
    this.floor = after;
  }

  /** Ids may come out of order where the database has several writers, so "newer than the last" is not the question. */
  hear(news: NewsEvent): void {
    if (news.type === 'reread') {
      this.last = this.floor = news.event;
      this.seen.clear();
    } else if (news.type !== 'error') {
      if (news.event <= this.floor || this.seen.has(news.event)) return;
      this.seen.add(news.event);
      this.last = Math.max(this.last, news.event);
      if (this.seen.size > REMEMBERED) this.forgetOldest();
    }
    try {
      this.handler(news);
    } catch (error) {
      // One broken handler must not cost the others their news.
      console.error(error);
    }
  }

  private forgetOldest(): void {
    const [oldest] = this.seen;
    this.seen.delete(oldest);
    this.floor = Math.max(this.floor, oldest);
  }
}

export class News {
  private subscriptions = new Set<Subscription>();
  private socket: WebSocket | undefined;
  private failures = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private poll: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly wiring: Wiring) {
    window.addEventListener('online', () => this.hurry());
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.hurry());
  }

  subscribe(topic: Topic, id: string, after: number, handler: Handler): () => void {
    const subscription = new Subscription(topic, id, after, handler);
    this.subscriptions.add(subscription);
    if (this.isOpen()) this.ask(topic, id);
    else this.connect();
    return () => this.drop(subscription);
  }

  private drop(subscription: Subscription): void {
    if (!this.subscriptions.delete(subscription)) return;
    const { topic, id } = subscription;
    if (this.isOpen() && !this.listeners(topic, id).length) this.send({ topic, id, stop: true });
    if (this.subscriptions.size) return;
    clearTimeout(this.retry);
    clearTimeout(this.poll);
    this.retry = this.poll = undefined;
    this.socket?.close();
    this.socket = undefined;
  }

  private listeners(topic: Topic, id: string): Subscription[] {
    return [...this.subscriptions].filter((s) => s.topic === topic && s.id === id);
  }

  /** Several listeners share one wire; it starts where the one that knows least stands. */
  private ask(topic: Topic, id: string): void {
    const after = Math.min(...this.listeners(topic, id).map((s) => s.last));
    this.send({ topic, id, after });
  }

  private send(message: unknown): void {
    this.socket?.send(JSON.stringify(message));
  }

  private isOpen(): boolean {
    return this.socket?.readyState === 1;
  }

  private connect(): void {
    if (this.socket || !this.subscriptions.size) return;
    clearTimeout(this.retry);
    this.retry = undefined;
    let socket: WebSocket;
    try {
      socket = this.wiring.open();
    } catch {
      // A page whose policy forbids sockets.
      this.failures = GIVE_UP_AFTER;
      this.startPolling();
      return;
    }
    this.socket = socket;
    let steady: ReturnType<typeof setTimeout> | undefined;
    let opened = false;
    socket.onopen = () => {
      opened = true;
      clearTimeout(this.poll);
      this.poll = undefined;
      steady = setTimeout(() => (this.failures = 0), STEADY_AFTER);
      for (const { topic, id } of unique([...this.subscriptions])) this.ask(topic, id);
    };
    socket.onmessage = (message) => this.deliver(JSON.parse(String(message.data)) as NewsEvent);
    socket.onclose = () => {
      clearTimeout(steady);
      if (this.socket !== socket) return;
      this.socket = undefined;
      this.failures += 1;
      if (!opened && this.failures >= GIVE_UP_AFTER) this.startPolling();
      this.connectLater();
    };
  }

  private connectLater(): void {
    if (!this.subscriptions.size) return;
    const pause = Math.min(FIRST_PAUSE * 2 ** (this.failures - 1), LONGEST_PAUSE);
    // A studio that restarts must not be met by all its browsers in the same moment.
    this.retry = setTimeout(() => this.connect(), pause * (0.5 + this.wiring.random() / 2));
  }

  private hurry(): void {
    if (this.retry === undefined) return;
    this.connect();
  }

  private deliver(news: NewsEvent): void {
    for (const subscription of this.listeners(news.topic, news.id)) {
      subscription.hear(news);
      if (news.type === 'error') this.subscriptions.delete(subscription);
    }
  }

  private startPolling(): void {
    if (this.poll !== undefined || !this.subscriptions.size) return;
    const round = async (): Promise<void> => {
      for (const { topic, id } of unique([...this.subscriptions])) await this.pollOne(topic, id);
      if (this.poll !== undefined && this.subscriptions.size) this.poll = setTimeout(() => void round(), POLL_EVERY);
    };
    this.poll = setTimeout(() => void round(), 0);
  }

  private async pollOne(topic: Topic, id: string): Promise<void> {
    const listeners = this.listeners(topic, id);
    if (!listeners.length) return;
    const after = Math.min(...listeners.map((s) => s.last));
    try {
      const { events, last, reread } = await this.wiring.fetch(topic, id, after);
      if (reread) this.deliver({ topic, id, event: last, type: 'reread', body: {} });
      for (const news of events) this.deliver(news);
      // A topic without a past tells where "now" is.
      for (const one of listeners) one.last = Math.max(one.last, last);
    } catch (error) {
      const gone = error instanceof ApiError && [401, 403, 404].includes(error.status);
      if (gone) this.deliver({ topic, id, event: 0, type: 'error', body: { code: error.code, message: error.message } });
    }
  }
}

function unique(subscriptions: Subscription[]): { topic: Topic; id: string }[] {
  const byKey = new Map(subscriptions.map((s) => [`${s.topic} ${s.id}`, { topic: s.topic, id: s.id }]));
  return [...byKey.values()];
}

const browser: Wiring = {
  open: () => new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/news`),
  fetch: async (topic, id, after) => {
    // Every page that has news to hear stands below /w/<workspace>/.
    const workspace = topic === 'workspace' ? id : (location.pathname.split('/')[2] ?? '');
    const base = `/api/v1/w/${encodeURIComponent(workspace)}`;
    const path = topic === 'run' ? `${base}/runs/${encodeURIComponent(id)}/events` : `${base}/events`;
    const answer = await api<{ events: { event: number; type: NewsEvent['type']; body: unknown }[]; last: number; reread: boolean }>(
      'GET',
      `${path}?after=${after}`,
    );
    return { ...answer, events: answer.events.map((event) => ({ topic, id, ...event }) as NewsEvent) };
  },
  random: Math.random,
};
