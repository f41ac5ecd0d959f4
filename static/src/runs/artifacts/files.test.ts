import { describe, expect, it } from 'vitest';

import { encodedPath, filesAt, foldersAbove } from './files';

describe('addresses of files', () => {
  it.each([
    ['a b/ü.png', 'a%20b/%C3%BC.png'],
    ['100%.txt', '100%25.txt'],
    ['what?.txt', 'what%3F.txt'],
    ['a#b', 'a%23b'],
    ['images/dogs+step+1.png', 'images/dogs%2Bstep%2B1.png'],
  ])('%s is asked for as %s', (path, address) => {
    expect(encodedPath(path)).toBe(address);
    expect(filesAt('/base').raw(path)).toBe(`/base/raw/${address}`);
    expect(decodeURIComponent(new URL(filesAt('/base').raw(path), 'https://here.example').pathname)).toBe(`/base/raw/${path}`);
  });
  it('names the folders to be opened on the way', () => {
    expect(foldersAbove('a/b/c.txt')).toEqual(['a', 'a/b']);
    expect(foldersAbove('c.txt')).toEqual([]);
  });
});
