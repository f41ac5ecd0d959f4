import { expect, test } from 'vitest';

import { pageOf } from './clientLinks';

test.each([
  ['/w/lab/', '#/experiments/7/runs/abc123', '/w/lab/runs/abc123/'],
  ['/w/lab', '#/experiments/7', '/w/lab/runs/?e=7'],
  ['/w/lab/', '#/experiments/0?searchFilter=x', '/w/lab/runs/?e=0'],
  ['/w/lab/', '#/models/my%20model', '/w/lab/models/my%20model/'],
  ['/w/lab/', '#/models/m/versions/3', '/w/lab/models/m/versions/3/'],
  ['/w/lab/', '#/experiments/..%2F..', null],
  ['/w/lab/data/', '#/experiments/7', null],
  ['/w/lab/', '#/nothing', null],
])('%s%s leads to %s', (path, hash, page) => {
  expect(pageOf(path, hash)).toBe(page);
});
