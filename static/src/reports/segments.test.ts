import { expect, test } from 'vitest';

import { segments } from './segments';

test('text and blocks come in order, blocks counted from nought', () => {
  const body = '# Title\n\n```atelier\nshow: table\n```\nBetween\n\n~~~ atelier\nshow: lines\n~~~\n';
  expect(segments(body)).toEqual([
    { kind: 'text', text: '# Title\n' },
    { kind: 'block', text: 'show: table', number: 0, line: 3 },
    { kind: 'text', text: 'Between\n' },
    { kind: 'block', text: 'show: lines', number: 1, line: 8 },
  ]);
});

test('code that only shows a block is code', () => {
  const body = '````\n```atelier\nshow: table\n```\n````';
  expect(segments(body)).toEqual([{ kind: 'text', text: body }]);
});

test('an open fence ends with the text', () => {
  expect(segments('```atelier\nshow: table')).toEqual([{ kind: 'block', text: 'show: table', number: 0, line: 1 }]);
});
