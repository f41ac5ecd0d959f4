/**
 * Markdown that people and programs write, as elements. Whatever is in it becomes neither script nor request: tags and
 * addresses are cleaned, pictures come from this studio or from the text itself, and a link leads out without telling
 * where from.
 */

import DOMPurify from 'dompurify';
import { marked } from 'marked';

const LONGEST = 500_000;

/** A picture's address that may be loaded: of this studio, or carried in the text. */
export function isOwnPicture(address: string, origin: string = location.origin): boolean {
  if (/^data:image\/(png|jpe?g|gif|webp|avif|bmp);base64,/i.test(address)) return true;
  try {
    return new URL(address, origin).origin === origin;
  } catch {
    return false;
  }
}

export function markdown(text: string): DocumentFragment {
  const html = marked.parse(text.slice(0, LONGEST), { async: false, gfm: true, breaks: true });
  return cleaned(html);
}

/** HTML of others (a notebook's table, a rendered text) without anything that acts. */
export function cleaned(html: string): DocumentFragment {
  const fragment = DOMPurify.sanitize(html, {
    RETURN_DOM_FRAGMENT: true,
    USE_PROFILES: { html: true },
    FORBID_TAGS: ['style', 'form', 'input', 'button', 'textarea', 'select', 'option', 'dialog', 'video', 'audio', 'source', 'picture', 'link', 'meta', 'base'],
    FORBID_ATTR: ['style', 'class', 'id', 'name', 'srcset', 'background', 'ping', 'target', 'autofocus', 'tabindex', 'accesskey'],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
  });
  for (const link of fragment.querySelectorAll('a')) {
    link.rel = 'noopener noreferrer nofollow';
    const own = link.getAttribute('href')?.startsWith('#');
    if (!own && link.href) link.target = '_blank';
  }
  for (const image of fragment.querySelectorAll('img')) {
    if (isOwnPicture(image.getAttribute('src') ?? '')) {
      image.loading = 'lazy';
      image.classList.add('mw-100');
      continue;
    }
    // A picture elsewhere would tell its owner who reads this. It stays as a link.
    const link = document.createElement('a');
    link.href = image.getAttribute('src') ?? '';
    link.rel = 'noopener noreferrer nofollow';
    link.target = '_blank';
    link.textContent = image.alt || 'Picture on another server';
    image.replaceWith(link);
  }
  for (const table of fragment.querySelectorAll('table')) {
    table.className = 'table table-sm';
    const scroll = document.createElement('div');
    scroll.className = 'table-responsive';
    table.replaceWith(scroll);
    scroll.append(table);
  }
  return fragment;
}
