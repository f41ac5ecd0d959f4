import { Blob as NodeBlob } from 'node:buffer';

import { describe, expect, it, vi } from 'vitest';

import { ApiError } from '../app/api';
import { type Progress, Transfer, type Wire, remaining } from './transfer';

/** A studio that keeps bytes, and loses the connection when told to. */
class Studio implements Wire {
  kept = '';
  sends: number[] = [];
  breaks: ('before' | 'after' | 'refuse' | null)[] = [];
  waits = 0;
  lost = 0;

  async begin() {
    return { id: 'u1', received: 0, chunk_size: 4, status: 'receiving' };
  }

  async send(_id: string, offset: number, chunk: Blob, moved: (bytes: number) => void) {
    this.sends.push(offset);
    moved(chunk.size);
    const fate = this.breaks.shift();
    if (fate === 'before') throw new ApiError(0, 'unreachable', 'The connection is broken.');
    if (fate === 'refuse') throw new ApiError(422, 'disk-full', 'The disk is full.');
    if (offset > this.kept.length) throw new ApiError(409, 'wrong-offset', 'A gap.', { received: this.kept.length });
    this.kept = this.kept.slice(0, offset) + (await chunk.text());
    if (fate === 'after') throw new ApiError(0, 'unreachable', 'The connection is broken.');
    return { received: this.kept.length };
  }

  async look() {
    if (this.lost > 0) {
      this.lost -= 1;
      throw new ApiError(0, 'unreachable', 'Still broken.');
    }
    return { id: 'u1', received: this.kept.length, chunk_size: 4, status: 'receiving' };
  }

  async wait() {
    this.waits += 1;
  }
}

// jsdom's own Blob cannot be read.
const file = new NodeBlob(['abcdefghij']) as unknown as Blob;

describe('a transfer', () => {
  it('sends a file in chunks', async () => {
    const studio = new Studio();
    const told: Progress[] = [];
    await new Transfer(file, studio, (progress) => told.push(progress)).run();
    expect(studio.kept).toBe('abcdefghij');
    expect(studio.sends).toEqual([0, 4, 8]);
    expect(told.at(-1)).toMatchObject({ sent: 10, size: 10, trouble: '' });
  });

  it('goes on after a broken connection, whether or not the bytes had arrived', async () => {
    const studio = new Studio();
    studio.breaks = [null, 'before', null, 'after'];
    studio.lost = 2;
    const told: Progress[] = [];
    await new Transfer(file, studio, (progress) => told.push(progress)).run();
    expect(studio.kept).toBe('abcdefghij');
    expect(studio.sends).toEqual([0, 4, 4, 8]);
    expect(studio.waits).toBeGreaterThanOrEqual(3);
    expect(told.some((progress) => progress.trouble.includes('Trying again'))).toBe(true);
  });

  it('goes on where an earlier one stopped, or where the studio says', async () => {
    const studio = new Studio();
    studio.kept = 'abcd';
    await new Transfer(file, studio, () => {}).run({ id: 'u1', received: 8, chunk_size: 4, status: 'receiving' });
    expect(studio.sends).toEqual([8, 4, 8]);
    expect(studio.kept).toBe('abcdefghij');
  });

  it('gives up on a refusal at once', async () => {
    const studio = new Studio();
    studio.breaks = [null, 'refuse'];
    await expect(new Transfer(file, studio, () => {}).run()).rejects.toThrow('The disk is full.');
    expect(studio.waits).toBe(0);
  });

  it('stops when it is cancelled', async () => {
    const studio = new Studio();
    const transfer = new Transfer(file, studio, () => transfer.cancel());
    await expect(transfer.run()).rejects.toMatchObject({ name: 'AbortError' });
    expect(studio.kept.length).toBeLessThan(10);
  });
});

describe('the time that is left', () => {
  it('is said where it can be known', () => {
    vi.spyOn(performance, 'now').mockReturnValue(0);
    expect(remaining({ sent: 50, size: 100, rate: 10, trouble: '' })).toBe('5 s left');
    expect(remaining({ sent: 0, size: 6000, rate: 10, trouble: '' })).toBe('10 min left');
    expect(remaining({ sent: 0, size: 100, rate: null, trouble: '' })).toBe('');
  });
});
