import { describe, expect, it } from 'vitest';

import { isOwnPicture, markdown } from './markdown';

function html(text: string): string {
  const box = document.createElement('div');
  box.append(markdown(text));
  return box.innerHTML;
}

describe('markdown', () => {
  it('becomes headings, lists and tables', () => {
    expect(html('# Why\n\n- one\n- two')).toMatch(/<h1>Why<\/h1>[^]*<li>one<\/li>/);
    expect(html('| a | b |\n|---|---|\n| 1 | 2 |')).toContain('<div class="table-responsive"><table class="table table-sm">');
  });

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<svg onload=alert(1)>',
    '[x](javascript:alert(1))',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<iframe src="/"></iframe>',
    '<form action="/sign-out/" method="post"><button>Press</button></form>',
    '<style>body{display:none}</style>',
    '<b style="position:fixed">x</b>',
    '<a id="run-page" name="x">x</a>',
    '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
  ])('lets nothing act: %s', (text) => {
    expect(html(text)).not.toMatch(/script|onerror|onload|<iframe|<form|<button|<style|style=|id=|<svg/i);
  });

  it('loads no picture from another server', () => {
    const made = html('![a cat](https://tracker.example/cat.png)');
    expect(made).not.toContain('<img');
    expect(made).toContain('a cat</a>');
  });

  it('opens links in a page that does not know where they stood', () => {
    const made = html('[there](https://else.example/)');
    expect(made).toContain('rel="noopener noreferrer nofollow"');
    expect(made).toContain('target="_blank"');
  });
});

describe('a picture', () => {
  it.each([
    ['/w/lab/x.png', true],
    ['x.png', true],
    ['data:image/png;base64,AAAA', true],
    ['data:image/svg+xml;base64,AAAA', false],
    ['//else.example/x.png', false],
    ['https://else.example/x.png', false],
    ['blob:x', false],
  ])('%s is ours: %s', (address, own) => expect(isOwnPicture(address, 'https://here.example')).toBe(own));
});
