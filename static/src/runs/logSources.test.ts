import { expect, it } from 'vitest';

import { fileTitle } from './logSources';

it.each([
  ['logs/rank_0.log', 'Rank 0 (rank_0.log)'],
  ['logs/node1/rank-12.err', 'Rank 12 (node1/rank-12.err)'],
  ['logs/frank_1.log', 'frank_1.log'],
  ['logs/train.log', 'train.log'],
])('%s is called %s', (path, title) => expect(fileTitle(path)).toBe(title));
