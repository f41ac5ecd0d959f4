import { expect, it } from 'vitest';

import { spotAt } from './complete';

/** The caret stands at "|". */
function at(text: string): unknown[] {
  const caret = text.indexOf('|');
  const spot = spotAt(text.replace('|', ''), caret);
  return [spot.expected, spot.word, spot.field];
}

it.each([
  ['|', 'field', '', null],
  ['met|', 'field', 'met', null],
  ['metrics.au|', 'field', 'metrics.au', null],
  ['params.`learning ra|', 'field', 'params.`learning ra', null],
  ['metrics.auc |', 'comparison', '', 'metrics.auc'],
  ['attributes.status = |', 'value', '', 'attributes.status'],
  ["attributes.status = 'fai|", 'value', 'fai', 'attributes.status'],
  ["attributes.status IN ('failed', 'co|", 'value', 'co', 'attributes.status'],
  ["attributes.status IN ('failed')|", 'joint', '', 'attributes.status'],
  ["params.depth = '6' |", 'joint', '', 'params.depth'],
  ["params.depth = '6' an|", 'joint', 'an', 'params.depth'],
  ["params.depth = '6' AND |", 'field', '', null],
  ['(metrics.a > 1 OR |', 'field', '', null],
  ['NOT tags.x|', 'field', 'tags.x', null],
  ['tags.team IS NOT NULL |', 'joint', '', 'tags.team'],
  ['metrics.auc > 0.|9', 'value', '0.', 'metrics.auc'],
] as const)('%s', (text, expected, word, field) => {
  expect(at(text)).toEqual([expected, word, field]);
});

it('replaces the whole word that the caret stands in', () => {
  expect(spotAt('metrics.auc > 1', 9)).toMatchObject({ from: 0, to: 11 });
  expect(spotAt("status = 'x", 11)).toMatchObject({ from: 9, to: 11 });
});
