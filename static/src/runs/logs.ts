/**
 * Log lines as they are written: the end first, earlier ones on scrolling up, new ones as news of them come.
 * Search asks the server, which has all lines; lines are kept in blocks that the browser skips while out of view.
 */

import { api, sentence } from '../app/api';
import { number } from '../app/format';
import { h, icon } from './dom';

interface Line {
  number: number;
  run_id: string;
  node_id: string;
  timestamp?: string;
  stream?: 'stdout' | 'stderr' | 'studio';
  text: string;
}
interface Page {
  lines: Line[];
  next: number | null;
  previous: number | null;
}

interface Common {
  /** Lines of all steps too, each with the name of its step. */
  merged: boolean;
  nameOf: (node: string) => string;
  /** Lines of a file do not say when they were written. */
  timeless?: boolean;
}
/** A run or a step by its address, or any list of lines and the whole of it as a text. */
export type LogSource = Common & ({ address: string } | { lines: string; text: string });
export interface LogView {
  element: HTMLElement;
  /** There are new lines to be read. */
  wake: () => void;
  stop: () => void;
}

const PAGE = 500;
/** So many lines stay on the page; those further up are read again when somebody scrolls there. */
const MOST_LINES = 20_000;
const BLOCK = 200;

export function logView(source: LogSource): LogView {
  const { lines: listed, text: whole } = 'address' in source ? { lines: `${source.address}/logs`, text: `${source.address}/logs/text` } : source;
  const list = h('div', { class: 'studio-log', role: 'log', tabindex: '0', 'aria-label': 'Log', 'aria-live': 'off' });
  const says = h('span', { class: 'text-secondary small me-auto', role: 'status' });
  const search = h('input', { type: 'search', class: 'form-control', placeholder: 'Search the log', 'aria-label': 'Search the log' });
  const follow = h('input', { type: 'checkbox', class: 'form-check-input', checked: true });
  const element = h(
    'div',
    { class: 'studio-log-box' },
    h(
      'div',
      { class: 'd-flex flex-wrap align-items-center gap-2 mb-2' },
      says,
      h('label', { class: 'form-check form-switch m-0' }, follow, h('span', { class: 'form-check-label' }, 'Follow')),
      h('div', { class: 'input-icon studio-log-search' }, h('span', { class: 'input-icon-addon' }, icon('search')), search),
      h('a', { class: 'btn', href: whole, download: true }, icon('download', 'me-1'), 'Download'),
    ),
    list,
  );

  let first: number | null = null; // there are earlier lines before this number
  let last = 0;
  let count = 0;
  let query = '';
  let round = 0; // a new search makes answers to older questions worthless
  let reading = false;
  let more = false;
  let stopped = false;

  const ask = (parameters: Record<string, string>): Promise<Page> => {
    const asked = new URLSearchParams({ ...parameters, limit: String(PAGE), ...(source.merged && { steps: 'true' }), ...(query && { q: query }) });
    return api<Page>('GET', `${listed}${listed.includes('?') ? '&' : '?'}${asked}`);
  };

  const start = async (): Promise<void> => {
    const mine = ++round;
    reading = true;
    try {
      const page = await ask({ tail: 'true' });
      if (mine !== round || stopped) return;
      list.replaceChildren();
      count = 0;
      first = page.previous;
      append(page.lines);
      // A search may leave the newest lines out; reading goes on behind the last one that was found.
      last = page.lines.at(-1)?.number ?? 0;
      toEnd();
    } catch (error) {
      says.textContent = sentence(error);
    } finally {
      if (mine === round) {
        reading = false;
        say();
        if (more) void readOn();
      }
    }
  };

  const readOn = async (): Promise<void> => {
    more = true;
    if (reading || stopped) return;
    reading = true;
    const mine = round;
    try {
      while (more && mine === round && !stopped) {
        more = false;
        const page = await ask({ after: String(last) });
        if (mine !== round) return;
        append(page.lines);
        last = page.lines.at(-1)?.number ?? last;
        more = more || page.next !== null;
        if (follow.checked) toEnd();
      }
    } catch (error) {
      says.textContent = sentence(error);
    } finally {
      if (mine === round) reading = false;
      say();
    }
  };

  const readBack = async (): Promise<void> => {
    if (reading || first === null) return;
    reading = true;
    const mine = round;
    try {
      const page = await ask({ before: String(first) });
      if (mine !== round) return;
      const height = list.scrollHeight;
      list.prepend(...blocks(page.lines));
      count += page.lines.length;
      first = page.previous;
      list.scrollTop += list.scrollHeight - height;
    } catch (error) {
      says.textContent = sentence(error);
    } finally {
      if (mine === round) reading = false;
      say();
      if (more) void readOn();
    }
  };

  const append = (lines: Line[]): void => {
    list.append(...blocks(lines));
    count += lines.length;
    while (count > MOST_LINES && list.firstElementChild && follow.checked) {
      const block = list.firstElementChild;
      count -= block.childElementCount;
      first = Number((list.children[1] as HTMLElement | undefined)?.dataset.first ?? 0);
      block.remove();
    }
  };

  const blocks = (lines: Line[]): HTMLElement[] => {
    const made: HTMLElement[] = [];
    for (let at = 0; at < lines.length; at += BLOCK) {
      const part = lines.slice(at, at + BLOCK);
      made.push(h('div', { class: 'studio-log-block', 'data-first': part[0].number }, ...part.map(row)));
    }
    return made;
  };

  const row = (line: Line): HTMLElement =>
    h(
      'div',
      { class: `studio-log-line is-${line.stream ?? 'stdout'}` },
      !source.timeless && line.timestamp && h('time', { datetime: line.timestamp, title: line.timestamp }, new Date(line.timestamp).toLocaleTimeString('en-GB')),
      source.merged && h('span', { class: 'studio-log-step', title: source.nameOf(line.node_id) }, source.nameOf(line.node_id)),
      h('span', { class: 'studio-log-text' }, ...marked(line.text, query)),
    );

  const say = (): void => {
    if (!count) says.textContent = query ? `No line holds “${query}”.` : 'Nothing has been written yet.';
    else if (query) says.textContent = `${number(count)}${first === null ? '' : ' or more'} ${count === 1 ? 'line holds' : 'lines hold'} “${query}”.`;
    else says.textContent = first === null ? `${number(count)} ${count === 1 ? 'line' : 'lines'}` : `The last ${number(count)} lines; scroll up for earlier ones`;
  };

  const toEnd = (): void => {
    list.scrollTop = list.scrollHeight;
  };

  list.addEventListener('scroll', () => {
    if (list.scrollTop < 200) void readBack();
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 30;
    // Whoever scrolls up wants to read in peace.
    if (!atEnd && follow.checked && list.matches(':hover, :focus')) follow.checked = false;
  });
  follow.addEventListener('change', () => follow.checked && toEnd());
  // What came while the tab was hidden could not be scrolled to.
  const resized = new ResizeObserver(() => follow.checked && toEnd());
  resized.observe(list);
  let typing: ReturnType<typeof setTimeout>;
  search.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      query = search.value.trim();
      void start();
    }, 250);
  });
  void start();

  return {
    element,
    wake: () => void readOn(),
    stop: () => {
      stopped = true;
      round += 1;
      resized.disconnect();
    },
  };
}

function marked(text: string, query: string): (string | HTMLElement)[] {
  if (!query) return [text];
  const parts: (string | HTMLElement)[] = [];
  const lower = text.toLowerCase();
  const wanted = query.toLowerCase();
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    parts.push(text.slice(from, at), h('mark', {}, text.slice(at, at + wanted.length)));
    from = at + wanted.length;
  }
  parts.push(text.slice(from));
  return parts;
}
