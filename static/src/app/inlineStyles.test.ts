// @vitest-environment node
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { expect, it } from 'vitest';

import { withoutInlineStyles } from './inlineStyles';

it('leaves no rule of Tabler that looks at inline styles, and every other selector as it was', () => {
  const css = readFileSync(resolve(import.meta.dirname, '../../node_modules/@tabler/core/dist/css/tabler.min.css'), 'utf8');
  expect(css).toContain('[style');
  const without = withoutInlineStyles(css);
  expect(without).not.toContain('[style');
  expect(without.split('{').length).toBe(css.split('{').length);
});

it('takes one alternative out of a list', () => {
  expect(withoutInlineStyles('tr:not(:is([class^=bg-], [style*=background]))>a{}')).toBe('tr:not(:is([class^=bg-]))>a{}');
});
