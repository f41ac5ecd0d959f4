/** The list of runs: its states change without a reload, and running durations count on. */

import { duration } from '../app/format';
import { subscribe } from '../live/news';

/** However many things happen at once, the table is asked for only so often. */
const PAUSE = 700;

export function startList(root: HTMLElement): void {
  tick(root);
  let wanted = false;
  let busy = false;
  const refresh = async (): Promise<void> => {
    wanted = true;
    if (busy) return;
    busy = true;
    while (wanted) {
      wanted = false;
      await replaceTable(root);
      await new Promise((done) => setTimeout(done, PAUSE));
    }
    busy = false;
  };
  subscribe('workspace', root.dataset.workspace ?? '', Number(root.dataset.after ?? 0), (news) => {
    if (news.type !== 'error') void refresh();
  });
}

async function replaceTable(root: HTMLElement): Promise<void> {
  let answer: Response;
  try {
    answer = await fetch(location.href, { headers: { 'X-Part': 'table' }, credentials: 'same-origin' });
  } catch {
    return; // The studio restarts; the next news comes when it is back.
  }
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('runs-table');
  const table = root.querySelector('#runs-table');
  if (!fresh || !table) return;
  const focused = placeOf(document.activeElement);
  const adopted = document.importNode(fresh, true);
  table.replaceWith(adopted);
  window.htmx.process(adopted);
  document.dispatchEvent(new CustomEvent('htmx:load', { detail: { elt: adopted } }));
  tick(adopted);
  if (focused) adopted.querySelectorAll<HTMLElement>(`[data-run="${focused.run}"] :is(a, button)`)[focused.at]?.focus();
}

/** Which control of which row has the focus, so that it is there again in the new table. */
function placeOf(element: Element | null): { run: string; at: number } | null {
  const row = element?.closest<HTMLElement>('[data-run]');
  if (!row || !element) return null;
  return { run: row.dataset.run ?? '', at: [...row.querySelectorAll('a, button')].indexOf(element) };
}

function tick(root: ParentNode): void {
  const shown = [...root.querySelectorAll<HTMLElement>('[data-since]')];
  const show = (): void => {
    for (const element of shown) {
      element.textContent = duration(Math.max(0, (Date.now() - Date.parse(element.dataset.since ?? '')) / 1000));
    }
  };
  show();
  const timer = setInterval(() => (shown.some((element) => element.isConnected) ? show() : clearInterval(timer)), 1000);
}
