/** Which run somebody points at, wherever that is: every chart and the table mark the same one. */

type Listener<T> = (value: T) => void;

/** A value that many show. Setting what it is already tells nobody. */
function shared<T>(first: T, same: (one: T, other: T) => boolean): { get(): T; set(value: T): void; subscribe(fn: Listener<T>): () => void } {
  const listeners = new Set<Listener<T>>();
  let now = first;
  return {
    get: () => now,
    set(value) {
      if (same(now, value)) return;
      now = value;
      for (const listener of [...listeners]) listener(value);
    },
    subscribe(fn) {
      listeners.add(fn);
      return () => void listeners.delete(fn);
    },
  };
}

export const hover = shared<string | null>(null, Object.is);

/** Where on a kind of x axis ("step", "time", …): charts over the same axis draw the same line. */
export interface Cross {
  x: string;
  at: number;
}

export const cross = shared<Cross | null>(null, (one, other) => one?.x === other?.x && one?.at === other?.at);
