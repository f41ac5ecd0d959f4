import { beforeEach, expect, test, vi } from 'vitest';

import { Saver, type SaveState } from './saving';

const said: SaveState[] = [];
const sent: Record<string, unknown>[] = [];
let answers: (() => Response)[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  said.length = sent.length = 0;
  answers = [];
  vi.stubGlobal('fetch', (_: string, options: RequestInit) => {
    sent.push(JSON.parse(String(options.body)));
    return Promise.resolve((answers.shift() ?? (() => Response.json({ revision: sent.length + 1 })))());
  });
});

const make = (): Saver => new Saver('/r/1', 1, { title: 'T', body: 'a' }, (state) => said.push(state));

test('a burst of keys is one request, and the next builds on its revision', async () => {
  const saver = make();
  for (const body of ['ab', 'abc', 'abcd']) saver.change({ body });
  await vi.advanceTimersByTimeAsync(1000);
  saver.change({ title: 'New' });
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent).toEqual([
    { revision: 1, title: 'T', body: 'abcd' },
    { revision: 2, title: 'New', body: 'abcd' },
  ]);
  expect(said.at(-1)).toEqual({ kind: 'saved' });
  expect(saver.isDirty).toBe(false);
});

test('somebody else saved meanwhile: nothing more is sent, and the text counts as unsaved', async () => {
  answers = [() => Response.json({ code: 'stale-revision', message: 'Bob has saved.' }, { status: 409 })];
  const saver = make();
  saver.change({ body: 'mine' });
  await vi.advanceTimersByTimeAsync(1000);
  saver.change({ body: 'mine too' });
  await vi.advanceTimersByTimeAsync(20_000);
  expect(sent).toHaveLength(1);
  expect(said.at(-1)).toEqual({ kind: 'stale', why: 'Bob has saved.' });
  expect(saver.isDirty).toBe(true);
});

test('no answer is tried again until it is heard', async () => {
  answers = [() => { throw new TypeError('network'); }];
  const saver = make();
  saver.change({ body: 'b' });
  await vi.advanceTimersByTimeAsync(1000);
  expect(said.at(-1)?.kind).toBe('failed');
  await vi.advanceTimersByTimeAsync(5000);
  expect(sent).toHaveLength(2);
  expect(said.at(-1)).toEqual({ kind: 'saved' });
});

test('an emptied title is not sent', async () => {
  const saver = make();
  saver.change({ title: ' ' });
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent[0].title).toBe('T');
});
