import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../graph/make';
import { find } from './search';

const titles = (query: string) =>
  find(CATALOGUE.components, query, (component) => component).map((component) => component.id);

describe('the search of the palette', () => {
  it('finds by title, anywhere in it', () => expect(titles('missing')).toEqual(['clean']));
  it('finds by keyword', () => expect(titles('imp')).toEqual(['clean']));
  it('wants every word', () => expect(titles('clean forest')).toEqual([]));
  it('shows everything for nothing typed', () => expect(titles(' ')).toHaveLength(CATALOGUE.components.length));
  it('puts what one is used to first among equals', () => {
    const order = find(
      CATALOGUE.components,
      '',
      (component) => component,
      (component) => (component.id === 'sink' ? 1 : 0),
    );
    expect(order[0]!.id).toBe('sink');
  });
});
