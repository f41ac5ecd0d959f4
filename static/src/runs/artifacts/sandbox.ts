/**
 * A frame for pages that others have written. It has no `allow-same-origin`: what runs in it has an origin of its own, so
 * it sees neither our cookies nor our storage, and our API answers it nothing.
 */

import { h } from '../dom';

type Content = { address: string; label: string } | { html: string; label: string };

/** For HTML that comes within another file: no script runs, and nothing is fetched. */
const INSIDE = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:";

export function sandbox(content: Content): HTMLIFrameElement {
  const frame = h('iframe', { class: 'studio-sandbox', title: content.label, referrerpolicy: 'no-referrer' });
  if ('address' in content) {
    // The server's answer brings its own policy; scripts of a plot may run in there.
    frame.setAttribute('sandbox', 'allow-scripts');
    frame.src = content.address;
    return frame;
  }
  frame.setAttribute('sandbox', '');
  frame.classList.add('is-inside');
  // A frame without our origin cannot be measured from here: a table gets room for its rows, anything else a fair share.
  const rows = content.html.match(/<tr[\s>]/gi)?.length ?? 0;
  if (rows) frame.style.height = `${Math.min(22, 3 + 1.8 * rows)}rem`;
  frame.srcdoc = `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${INSIDE}"><style>body{font:14px system-ui,sans-serif;margin:8px;background:#fff;color:#182433}table{border-collapse:collapse}td,th{padding:2px 8px;border:1px solid #ccd;text-align:right}</style>${content.html}`;
  return frame;
}
