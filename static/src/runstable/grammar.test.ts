import { describe, expect, it } from 'vitest';

import { chipFor, chipWords, choiceOf } from './conditions';
import { type Chip, chipsOf, conditionText, narrowed, textOf, tokens } from './grammar';

describe('chips and text are the same thing', () => {
  const texts = [
    "metrics.auc:max >= 0.9 AND params.`learning rate` = '0.1'",
    "attributes.status IN ('completed', 'failed') AND tags.team != 'risk'",
    "attributes.name ILIKE '%adult%'",
    "params.note = 'it''s \"quoted\"'",
    'metrics.`val/loss`:min < 1e-7',
    'tags.`odd ``key`` 😀` IS NOT NULL AND params.depth IS NULL',
    'attributes.starred = true',
    'metrics.folds IN (3, 5)',
    "attributes.created > '2 days ago'",
    'metrics.größe = -3',
    "NOT params.note ILIKE '%x%' AND NOT tags.a LIKE 'b_'",
  ];

  it.each(texts)('%s', (text) => {
    const chips = chipsOf(text);
    expect(chips).not.toBeNull();
    expect(textOf(chips as Chip[])).toBe(text);
  });

  it('reads other ways of writing the same', () => {
    expect(textOf(chipsOf('metric.auc=1 and param."a b"!="x"') as Chip[])).toBe("metrics.auc = 1 AND params.`a b` != 'x'");
    expect(chipsOf('  ')).toEqual([]);
    expect(textOf(chipsOf("status = 'failed'") as Chip[])).toBe("attributes.status = 'failed'");
  });

  it.each([
    'metrics.auc > 0.9 OR metrics.auc < 0.1', '(metrics.auc > 0.9)', 'metrics.auc >', 'metrics.auc > 0.9 AND', "nonsense = 'x'",
    "attributes.status IN ('a', ", 'NOT metrics.a > 1', "datasets.name = 'x'", "params.x = 'open", 'metrics.auc 3', 'metrics.auc == 3', "NOT tags.a IN ('x')",
  ])('what is no row of conditions stays text: %s', (text) => {
    expect(chipsOf(text)).toBeNull();
  });

  it('keeps whatever it was narrowed from', () => {
    const chip: Chip = { field: 'params.depth', op: '=', value: '6' };
    expect(narrowed('', chip)).toBe("params.depth = '6'");
    expect(narrowed('metrics.a > 1', chip)).toBe("metrics.a > 1 AND params.depth = '6'");
    expect(narrowed('metrics.a > 1 OR metrics.b > 1', chip)).toBe("(metrics.a > 1 OR metrics.b > 1) AND params.depth = '6'");
  });
});

it('says where every word stands', () => {
  expect(tokens("metrics.a>=1 AND x").map(({ kind, start, end }) => [kind, start, end])).toEqual([
    ['name', 0, 9], ['compare', 9, 11], ['number', 11, 12], ['word', 13, 16], ['name', 17, 18],
  ]); // prettier-ignore
});

describe('choices', () => {
  it.each([
    ['params.depth', 'at-least', ['6'], 'params.depth >= 6', 'depth is at least 6'],
    ['params.depth', 'is', ['6'], "params.depth = '6'", 'depth is 6'],
    ['metrics.auc:best', 'more', ['0.9'], 'metrics.auc:best > 0.9', 'auc is more than 0.9'],
    ['attributes.name', 'contains', ['a b'], "attributes.name ILIKE '%a b%'", 'Name contains a b'],
    ['attributes.name', 'starts', ['a'], "attributes.name ILIKE 'a%'", 'Name starts with a'],
    ['attributes.status', 'in', ['failed', 'errored'], "attributes.status IN ('failed', 'errored')", 'State is one of failed, errored'],
    ['attributes.created', 'more', ['2 days ago'], "attributes.created > '2 days ago'", 'Created is after 2 days ago'],
    ['tags.team', 'not-contains', ['x'], "NOT tags.team ILIKE '%x%'", 'team does not contain x'],
    ['tags.team', 'missing', [], 'tags.team IS NULL', 'team has no value'],
    ['attributes.starred', 'is', ['true'], 'attributes.starred = true', 'Starred is true'],
    ['metrics.auc', 'is', ['abc'], "metrics.auc = 'abc'", 'auc is abc'], // the server says what is wrong with it
  ] as const)('%s %s %s', (field, comparator, values, text, words) => {
    const chip = chipFor(field, comparator, [...values]);
    expect(conditionText(chip)).toBe(text);
    expect(chipWords(chip)).toBe(words);
    expect(choiceOf(chip)).toEqual({ comparator, values: [...values] });
  });

  it('shows patterns that are none of the choices as they are', () => {
    expect(choiceOf({ field: 'tags.a', op: 'LIKE', value: 'x%' })).toBeNull();
    expect(chipWords({ field: 'tags.a', op: 'LIKE', value: 'x%' })).toBe('a like x%');
  });
});
