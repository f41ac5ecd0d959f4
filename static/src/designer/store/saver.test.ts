import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../app/api';
import type { GraphDoc } from '../graph/document';
import { graph, node } from '../graph/make';
import { makeSaver, type SaveMark } from './saver';

const at = '2026-01-01T00:00:00Z';
const step = (n: number): GraphDoc => graph([node(`n${n}`, 'data')]);

function scene() {
  const marks: SaveMark[] = [];
  let now = step(0);
  const save = vi.fn(async (_: GraphDoc, revision: number) => ({ revision: revision + 1, updated_at: at }));
  const look = vi.fn(async () => ({
    id: 1,
    name: '',
    description: '',
    revision: 7,
    graph: step(99) as unknown,
    updated_at: at,
    updated_by: 'Bob',
    can_edit: true,
  }));
  const saveLeaving = vi.fn(() => true);
  const saver = makeSaver(
    { save, look, saveLeaving, graph: () => now, mark: (mark) => marks.push(mark), saved: () => undefined },
    { revision: 1, graph: now, at },
  );
  const edit = (n: number) => {
    now = step(n);
    saver.changed();
  };
  return { saver, save, look, saveLeaving, edit, marks, last: () => marks.at(-1)?.kind };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('autosave', () => {
  it('saves once, within a second of the last edit', async () => {
    const { edit, save, last } = scene();
    edit(1);
    await vi.advanceTimersByTimeAsync(300);
    edit(2);
    expect(last()).toBe('saving');
    await vi.advanceTimersByTimeAsync(999);
    expect(save).toHaveBeenCalledExactlyOnceWith(step(2), 1, false);
    expect(last()).toBe('saved');
  });

  it('does not say saved while something newer is unsaved', async () => {
    const { edit, save, marks, last } = scene();
    let answer = (): void => undefined;
    save.mockImplementationOnce(
      (_, revision) => new Promise((resolve) => (answer = () => resolve({ revision: revision + 1, updated_at: at }))),
    );
    edit(1);
    await vi.advanceTimersByTimeAsync(600);
    edit(2);
    answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(marks.some((mark) => mark.kind === 'saved')).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    expect(save.mock.calls.map(([, revision]) => revision)).toEqual([1, 2]);
    expect(last()).toBe('saved');
  });

  it('tries again, later and later, and says why', async () => {
    const { edit, save, marks, last } = scene();
    save
      .mockRejectedValueOnce(new ApiError(0, 'unreachable', 'The studio does not answer.'))
      .mockRejectedValueOnce(new ApiError(503, 'http', 'Busy.'));
    edit(1);
    await vi.advanceTimersByTimeAsync(500);
    expect(marks.at(-1)).toMatchObject({ kind: 'retrying', reason: 'The studio does not answer.' });
    await vi.advanceTimersByTimeAsync(1000);
    expect(marks.at(-1)).toMatchObject({ kind: 'retrying', reason: 'Busy.' });
    await vi.advanceTimersByTimeAsync(1900);
    expect(save).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(200);
    expect(last()).toBe('saved');
  });

  it('does not try again where that cannot help', async () => {
    const { edit, save, last } = scene();
    save.mockRejectedValueOnce(new ApiError(403, 'refused', 'Your role is reader.'));
    edit(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(save).toHaveBeenCalledTimes(1);
    expect(last()).toBe('refused');
  });

  it('stops at a conflict until one has chosen', async () => {
    const { saver, edit, save, marks } = scene();
    save.mockRejectedValueOnce(new ApiError(409, 'revision-conflict', 'Moved on.'));
    edit(1);
    await vi.advanceTimersByTimeAsync(600);
    expect(marks.at(-1)).toEqual({ kind: 'conflict', by: 'Bob', at });
    edit(2);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(save).toHaveBeenCalledTimes(1);
    await saver.keepMine();
    expect(save).toHaveBeenLastCalledWith(step(2), 7, true);
    expect(marks.at(-1)?.kind).toBe('saved');
  });

  it('knows its own save again when only the answer was lost', async () => {
    const { edit, save, look, last, saver } = scene();
    save
      .mockRejectedValueOnce(new ApiError(0, 'unreachable', 'Gone.'))
      .mockRejectedValueOnce(new ApiError(409, 'revision-conflict', 'Moved on.'));
    look.mockResolvedValueOnce({
      id: 1,
      name: '',
      description: '',
      revision: 2,
      graph: step(1),
      updated_at: at,
      updated_by: 'Me',
      can_edit: true,
    });
    edit(1);
    await vi.advanceTimersByTimeAsync(3000);
    expect(last()).toBe('saved');
    expect(saver.revision()).toBe(2);
  });

  it('hands over everything before a run', async () => {
    const { saver, edit } = scene();
    edit(1);
    expect(await saver.flush()).toBe(2);
    expect(saver.dirty()).toBe(false);
  });

  it('sends what is unsaved when the page goes away', () => {
    const { saver, edit, saveLeaving } = scene();
    expect(saver.leave()).toBe(true);
    expect(saveLeaving).not.toHaveBeenCalled();
    edit(1);
    expect(saver.leave()).toBe(true);
    expect(saveLeaving).toHaveBeenCalledWith(step(1), 1);
  });
});
