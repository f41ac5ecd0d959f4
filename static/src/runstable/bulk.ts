/** What is done with the chosen runs at once, and how it is taken back. */

import { csrfToken, api as send, sentence } from '../app/api';
import { toast } from '../app/toast';
import { h, icon } from '../runs/dom';
import { confirm, dialog, menu } from './popover';
import type { Question, RunsApi } from './query';

export type Action = 'tag' | 'untag' | 'archive' | 'unarchive' | 'cancel' | 'delete' | 'restore' | 'star' | 'unstar';

/** Either some runs or all that a question finds. */
export type Target = { runs: string[] } | { query: Omit<Question, 'order'> };

interface Answer {
  done: number;
  refused: { run_id: string; message: string }[]; // the first of them
  refused_count: number;
  /** Those that were really changed, as far as they are few enough to be named; else null. */
  changed: string[] | null;
  /** What a tag was before, for taking it back. */
  before?: Record<string, string | null> | null;
}

/** The runs leave the list they were chosen in. */
const LEAVES = new Set<Action>(['archive', 'unarchive', 'delete', 'restore']);
const UNDO: Partial<Record<Action, Action>> = { archive: 'unarchive', unarchive: 'archive', delete: 'restore', restore: 'delete', star: 'unstar', unstar: 'star' };
const MOST_COMPARED = 1000;
const DONE: Record<Action, (count: string) => string> = {
  tag: (count) => `${count} tagged.`,
  untag: (count) => `The tag is taken off ${count}.`,
  archive: (count) => `${count} archived.`,
  unarchive: (count) => `${count} back from the archive.`,
  cancel: (count) => `${count} being stopped.`,
  delete: (count) => `${count} moved to the bin, and kept there for 30 days.`,
  restore: (count) => `${count} back from the bin.`,
  star: (count) => `${count} starred.`,
  unstar: (count) => `The star is taken off ${count}.`,
};

export function runsWords(count: number): string {
  return `${count.toLocaleString('en-US')} run${count === 1 ? '' : 's'}`;
}

export interface BulkOptions {
  api: RunsApi;
  /** The runs have changed: read them again. */
  touched(): void;
}

export async function perform(o: BulkOptions, action: Action, target: Target, more: { key?: string; value?: string } = {}, quiet = false): Promise<boolean> {
  let answer: Answer;
  try {
    answer = await post(o, action, target, more);
  } catch (error) {
    toast(sentence(error), 'danger');
    return false;
  }
  o.touched();
  const undo = undoOf(o, action, more, answer);
  if (answer.done && !quiet) toast(DONE[action](runsWords(answer.done)), 'success', undo && { label: 'Undo', act: () => void undo() });
  if (answer.refused_count) {
    const [first] = answer.refused;
    const others = answer.refused_count > 1 ? ` (and ${(answer.refused_count - 1).toLocaleString('en-US')} more)` : '';
    toast(`${runsWords(answer.refused_count)} left as before: ${first?.message}${others}`, 'warning');
  } else if (!answer.done && !quiet) toast('Nothing had to be changed.', 'info');
  return answer.refused_count === 0;
}

function post(o: BulkOptions, action: Action, target: Target, more: { key?: string; value?: string }): Promise<Answer> {
  return send<Answer>('POST', `${o.api.base}/runs/bulk`, { action, ...target, ...more });
}

/** Exactly what was changed is put back, each tag to its own old value. */
function undoOf(o: BulkOptions, action: Action, more: { key?: string; value?: string }, answer: Answer): (() => Promise<void>) | undefined {
  const { changed } = answer;
  if (!changed?.length) return undefined;
  const opposite = UNDO[action];
  const steps: (() => Promise<Answer>)[] = [];
  if (opposite) steps.push(() => post(o, opposite, { runs: changed }, {}));
  else if ((action === 'tag' || action === 'untag') && answer.before) {
    const byValue = new Map<string | null, string[]>();
    for (const id of changed) {
      const value = answer.before[id] ?? null;
      byValue.set(value, [...(byValue.get(value) ?? []), id]);
    }
    for (const [value, runs] of byValue) {
      steps.push(() => (value === null ? post(o, 'untag', { runs }, { key: more.key }) : post(o, 'tag', { runs }, { key: more.key, value })));
    }
  } else return undefined;
  return async () => {
    try {
      for (const step of steps) await step();
      toast('Taken back.', 'success');
    } catch (error) {
      toast(sentence(error), 'danger');
    }
    o.touched();
  };
}

export interface BarOptions extends BulkOptions {
  target(): Target;
  count(): number;
  /** The ids of all that are chosen, for the comparison. */
  ids(): Promise<string[]>;
  lifecycle(): string;
  may: { edit: boolean; cancel: boolean };
  clear(): void;
  hide(hidden: boolean): void;
  all: boolean;
}

/** The bar that appears when runs are chosen. */
export function drawBar(bar: HTMLElement, o: BarOptions, total: number, chooseAll: () => void): void {
  const count = o.count();
  bar.hidden = count === 0;
  if (!count) return;
  const button = (words: string, name: string, act: (anchor: HTMLElement) => unknown, extra = '', title = ''): HTMLElement => {
    const made = h('button', { type: 'button', class: `btn btn-sm ${extra}`.trim(), title: title || null, click: () => act(made) }, icon(name, 'me-1'), h('span', { class: 'rt-wide' }, words));
    made.setAttribute('aria-label', words);
    return made;
  };
  const act = (action: Action) => async (): Promise<void> => {
    // What is put away is gone from under the choice.
    if ((await perform(o, action, o.target())) && LEAVES.has(action)) o.clear();
  };
  const comparable = count >= 2 && count <= MOST_COMPARED;
  const compare = button('Compare', 'arrows-diff', () => void o.ids().then(goCompare, (error: unknown) => toast(sentence(error), 'danger')), '', comparable ? '' : `Choose between 2 and ${MOST_COMPARED.toLocaleString('en-US')} runs`);
  if (!comparable) compare.setAttribute('disabled', '');
  const binned = o.lifecycle() === 'deleted';
  const archived = o.lifecycle() === 'archived';
  bar.replaceChildren(
    h('span', { class: 'fw-medium', role: 'status' }, `${count.toLocaleString('en-US')} chosen`),
    ...(o.all || count >= total ? [] : [h('button', { type: 'button', class: 'btn btn-sm btn-link px-1', click: chooseAll }, `Choose all ${total.toLocaleString('en-US')}`)]),
    compare,
    ...(o.may.edit && !binned
      ? [
          button('Tag', 'tag', () => askTag(o)),
          archived ? button('Back from the archive', 'archive-off', act('unarchive')) : button('Archive', 'archive', act('archive')),
        ]
      : []),
    ...(o.may.cancel && !binned && !archived ? [button('Cancel', 'player-stop', () => void sure(o))] : []),
    ...(o.may.edit ? [binned ? button('Restore', 'restore', act('restore')) : button('Delete', 'trash', act('delete'))] : []),
    button('More', 'dots', (anchor) =>
      menu(anchor, 'More for the chosen runs', [
        { text: 'Star', icon: 'star', act: () => void act('star')() },
        { text: 'Take the star off', icon: 'star-off', act: () => void act('unstar')() },
        null,
        { text: 'Hide from the charts', icon: 'eye-off', disabled: o.all, act: () => o.hide(true) },
        { text: 'Show in the charts', icon: 'eye', disabled: o.all, act: () => o.hide(false) },
      ]),
    ),
    h('button', { type: 'button', class: 'btn btn-sm btn-ghost-secondary', click: () => o.clear() }, 'Choose none'),
  );
}

/** By a form: the page makes a short address of however many runs. */
function goCompare(ids: string[]): void {
  const field = (name: string, value: string): HTMLElement => h('input', { type: 'hidden', name, value });
  const form = h('form', { method: 'post', action: 'compare/choose/', hidden: true }, field('csrfmiddlewaretoken', csrfToken()), field('runs', ids.join(',')));
  document.body.append(form);
  form.submit();
}

async function sure(o: BarOptions): Promise<void> {
  const words = runsWords(o.count());
  if (await confirm({ title: `Cancel ${words}?`, text: 'Those that wait or run are stopped. This cannot be taken back; those that are over stay as they are.', button: `Cancel ${words}`, danger: true })) {
    await perform(o, 'cancel', o.target());
  }
}

function askTag(o: BarOptions): void {
  dialog(`Tag ${runsWords(o.count())}`, (close) => {
    const key = h('input', { class: 'form-control', id: 'rt-tag-key', maxlength: 250, autofocus: true, list: 'rt-tag-keys', autocomplete: 'off', required: true });
    const value = h('input', { class: 'form-control', id: 'rt-tag-value', maxlength: 8000, autocomplete: 'off' });
    const known = h('datalist', { id: 'rt-tag-keys' });
    o.api.fields('tag', '', [], null).then(({ results }) => known.append(...results.slice(0, 100).map(({ key: name }) => h('option', { value: name }))), () => undefined);
    const act = (action: Action): void => {
      if (!key.reportValidity()) return;
      close();
      void perform(o, action, o.target(), action === 'tag' ? { key: key.value.trim(), value: value.value } : { key: key.value.trim() });
    };
    return h('form', { submit: (event: Event) => {
      event.preventDefault();
      act('tag');
    } },
      h('div', { class: 'modal-body' }, h('label', { class: 'form-label', for: 'rt-tag-key' }, 'Tag'), key, known, h('label', { class: 'form-label mt-3', for: 'rt-tag-value' }, 'Value'), value),
      h('div', { class: 'modal-footer' }, h('button', { type: 'button', class: 'btn me-auto', click: () => act('untag') }, 'Take this tag off'), h('button', { type: 'button', class: 'btn', click: close }, 'Cancel'), h('button', { type: 'submit', class: 'btn btn-primary' }, 'Tag')),
    );
  });
}
