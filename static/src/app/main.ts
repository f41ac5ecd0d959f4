/** What every page has: Tabler, icons, HTMX, the theme, and a handful of behaviours switched on by `data-*`. */

import '@tabler/core/dist/css/tabler.min.css';
import '@tabler/icons-webfont/dist/tabler-icons.min.css';
import './app.css';

import '@tabler/core';
import htmx from 'htmx.org';

import { startBehaviours } from './behaviours';
import { followClientLink } from './clientLinks';
import { startTheme } from './theme';

followClientLink();
startTheme();
startBehaviours(document);
// What HTMX swaps in behaves like what came with the page.
document.addEventListener('htmx:load', (event) => startBehaviours((event as CustomEvent).detail.elt as HTMLElement));

declare global {
  interface Window {
    htmx: typeof htmx;
  }
}
window.htmx = htmx;
