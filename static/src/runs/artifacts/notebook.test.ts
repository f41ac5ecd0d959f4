import { describe, expect, it } from 'vitest';

import { notebookView, outputView } from './notebook';

const notebook = (...cells: unknown[]): HTMLElement => notebookView(JSON.stringify({ cells, nbformat: 4 }));

describe('a notebook', () => {
  it('shows text, code and what the code printed', () => {
    const made = notebook(
      { cell_type: 'markdown', source: ['# Ti', 'tle'] },
      { cell_type: 'code', execution_count: 3, source: 'print(1)', outputs: [{ output_type: 'stream', name: 'stdout', text: ['1\n'] }] },
    );
    expect(made.querySelector('h1')?.textContent).toBe('Title');
    expect(made.querySelector('.studio-nbcell-count')?.textContent).toBe('[3]');
    expect(made.querySelector('.studio-nbcell-output')?.textContent).toBe('1\n');
  });

  it('puts HTML into a frame that runs nothing and fetches nothing', () => {
    const made = outputView({ output_type: 'display_data', data: { 'text/html': ['<table><script>alert(1)</script></table>'], 'text/plain': 'x' } })!;
    const frame = made.querySelector('iframe')!;
    expect(frame.getAttribute('sandbox')).toBe('');
    expect(frame.srcdoc).toContain("default-src 'none'");
    expect(made.querySelector('script')).toBeNull();
  });

  it('takes pictures only if they are pictures', () => {
    expect(outputView({ output_type: 'display_data', data: { 'image/png': 'AAAA\n' } })!.querySelector('img')?.getAttribute('src')).toBe('data:image/png;base64,AAAA');
    expect(outputView({ output_type: 'display_data', data: { 'image/png': '"><script>' } })?.querySelector('img') ?? null).toBeNull();
  });

  it('shows an error without the colours of a terminal', () => {
    expect(outputView({ output_type: 'error', traceback: ['\u001b[0;31mValueError\u001b[0m: no'] })?.textContent).toBe('ValueError: no');
  });

  it.each(['', '{', '[]', '{"cells": 3}', 'null'])('says so where it is none: %s', (text) => {
    expect(notebookView(text).textContent).toContain('no notebook');
  });
});
