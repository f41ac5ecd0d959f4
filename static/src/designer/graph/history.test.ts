import { describe, expect, it } from 'vitest';
import { EMPTY, type GraphDoc } from './document';
import { DEPTH, record, redo, START, undo } from './history';
import { graph, node } from './make';

const step = (n: number): GraphDoc => graph([node(`n${n}`, 'data')]);

describe('the history', () => {
  it('goes back and forth', () => {
    const history = record(START, EMPTY, 'add', null, 0);
    const back = undo(history, step(1))!;
    expect(back).toMatchObject({ graph: EMPTY, label: 'add' });
    expect(redo(back.history, back.graph)).toMatchObject({ graph: step(1), label: 'add' });
  });
  it('takes typing in one field as one step, until a pause', () => {
    let history = record(START, step(0), 'type', 'title', 1000);
    history = record(history, step(1), 'type', 'title', 1400);
    expect(history.past).toHaveLength(1);
    expect(record(history, step(2), 'type', 'title', 9000).past).toHaveLength(2);
    expect(record(history, step(2), 'type', 'other', 1500).past).toHaveLength(2);
  });
  it('does not run two edits together over an undo', () => {
    const history = record(record(START, step(0), 'type', 'title', 1000), step(1), 'type', 'comment', 1100);
    const back = undo(history, step(2))!;
    expect(record(back.history, back.graph, 'type', 'comment', 1200).past).toHaveLength(2);
  });
  it('forgets what was undone once something else is done', () => {
    const back = undo(record(START, step(0), 'a', null, 0), step(1))!;
    expect(record(back.history, step(0), 'b', null, 0).future).toEqual([]);
  });
  it(`keeps ${DEPTH} steps`, () => {
    let history = START;
    for (let n = 0; n < DEPTH + 50; n++) history = record(history, step(n), 'edit', null, n);
    expect(history.past).toHaveLength(DEPTH);
    expect(history.past[0]!.graph).toEqual(step(50));
  });
  it('has nothing before the beginning', () => expect(undo(START, EMPTY)).toBeNull());
});
