import { describe, expect, it } from 'vitest';

import { LONGEST, READABLE, addressOf, readAddress } from './address';
import { type View, differences, freshView, sameView, viewFrom } from './view';

const FULL: View = {
  experiments: ['1', '22'],
  lifecycle: 'archived',
  roots: true,
  filter: "metrics.auc:max > 0.9 AND params.`a, b` = 'ü & <x>'",
  order: [{ field: 'metrics.auc:max', descending: true }, { field: 'params.`a, b`', descending: false }],
  columns: ['attributes.status', 'metrics.`val/loss, 😀`:min', 'params.depth'],
  widths: { 'attributes.name': 240, 'params.depth': 90 },
  groups: ['params.depth', 'tags.`x y`'],
  hidden: ['a1', 'b2'],
  pinned: ['c3'],
  colors: { a1: '#ff0000' },
  pane: 'both',
  charts: { panels: [{ key: 'auc', width: 2 }] },
};

describe('the address is the view', () => {
  it('and back', async () => {
    const { query, complete } = await addressOf(FULL, null);
    expect(complete).toBe(true);
    expect((await readAddress(query)).view).toEqual(FULL);
  });

  it('says nothing of what is as always', async () => {
    expect(await addressOf(freshView(), null)).toEqual({ query: '', complete: true });
    expect(await readAddress('?other=1')).toEqual({ view: null, saved: null });
  });

  it('stays readable while it is short', async () => {
    const view = { ...freshView(), filter: 'metrics.auc > 0.9', columns: ['metrics.auc:max', 'params.depth'] };
    expect((await addressOf(view, null)).query).toBe('?filter=metrics.auc+%3E+0.9&cols=metrics.auc:max,params.depth');
  });

  it('is packed when it is long, and still whole', async () => {
    const columns = Array.from({ length: 300 }, (_, n) => `metrics.layer${n}.weight`);
    const { query, complete } = await addressOf({ ...FULL, columns }, 7);
    expect(complete).toBe(true);
    expect(query.length).toBeLessThan(READABLE + 1000);
    expect(query).toMatch(/^\?view=7&z=[\w-]+$/);
    expect(await readAddress(query)).toEqual({ view: { ...FULL, columns }, saved: 7 });
  });

  it('says that it is not whole when nothing helps', async () => {
    const hidden = Array.from({ length: 1000 }, () => crypto.randomUUID().replaceAll('-', ''));
    const { query, complete } = await addressOf({ ...FULL, hidden }, null);
    expect(complete).toBe(false);
    expect(query.length).toBeLessThanOrEqual(LONGEST);
    expect((await readAddress(query)).view?.filter).toBe(FULL.filter);
  });

  it.each(['?z=%%%', '?z=AAAA', '?w={&charts=[1]&e=x,-1&in=nowhere&sort=,,&cols=&hide=<b>&color=a:zz&pane=up&view=x', '?filter='])(
    'survives nonsense: %s',
    async (query) => {
      const { view, saved } = await readAddress(query);
      expect(saved).toBeNull();
      if (view) expect(sameView({ ...view, columns: null }, freshView())).toBe(true);
    },
  );
});

it('a view is read from anything', () => {
  for (const odd of [null, 3, 'x', [], { columns: 'x', order: [1, null, { field: 'no.such' }], widths: { a: 'x' }, hidden: [1], charts: [] }]) {
    expect(viewFrom(odd)).toEqual(freshView());
  }
  expect(viewFrom({ widths: { 'params.a': 9999 } }).widths).toEqual({ 'params.a': 1200 });
});

it('writes down only what differs', () => {
  expect(differences({ ...freshView(), pane: 'both' })).toEqual({ pane: 'both' });
  expect(sameView({ ...FULL, colors: { a: '#111111', b: '#222222' } }, { ...FULL, colors: { b: '#222222', a: '#111111' } })).toBe(true);
});
