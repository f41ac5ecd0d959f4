/** The windows of a report: sharing it, and what it said before. */

import { api, sentence } from '../app/api';
import { ago } from '../app/format';
import { toast } from '../app/toast';
import { h, replace } from '../runs/dom';

interface Version { revision: number; title: string; body: string; saved_by: string | null; saved_at: string }

/** A modal window; Escape closes it, and the focus goes back where it was. */
export function dialog(title: string, body: HTMLElement, ...buttons: HTMLElement[]): HTMLDialogElement {
  const close = h('button', { type: 'button', class: 'btn-close', 'aria-label': 'Close', onclick: () => element.close() });
  const element: HTMLDialogElement = h(
    'dialog',
    { class: 'studio-dialog', 'aria-label': title },
    h('div', { class: 'modal-header' }, h('h2', { class: 'modal-title' }, title), close),
    h('div', { class: 'modal-body' }, body),
    buttons.length ? h('div', { class: 'modal-footer' }, ...buttons) : null,
  );
  element.addEventListener('close', () => element.remove());
  document.body.append(element);
  element.showModal();
  return element;
}

export function shareDialog(address: string, hasLink: boolean, changed: (hasLink: boolean) => void): void {
  const body = h('div', {});
  const linkAddress = `${address}/link`;
  const act = (button: HTMLButtonElement, work: () => Promise<void>): void => {
    button.disabled = true;
    work().catch((error: unknown) => {
      button.disabled = false;
      toast(sentence(error), 'danger');
    });
  };
  const make = (label: string): HTMLButtonElement => {
    const button = h('button', { type: 'button', class: 'btn btn-primary' }, label);
    button.addEventListener('click', () =>
      act(button, async () => {
        const made = await api<{ address: string }>('POST', linkAddress);
        changed(true);
        show(true, location.origin + made.address);
      }),
    );
    return button;
  };
  const withdraw = (): HTMLButtonElement => {
    const button = h('button', { type: 'button', class: 'btn' }, 'Withdraw the link');
    button.addEventListener('click', () =>
      act(button, async () => {
        await api('DELETE', linkAddress);
        changed(false);
        show(false, '');
        toast('The link no longer works.', 'success');
      }),
    );
    return button;
  };
  function show(has: boolean, link: string): void {
    const field = link && h('input', { class: 'form-control font-monospace', readonly: true, value: link, 'aria-label': 'The link' });
    const copy = field && h('button', { type: 'button', class: 'btn', onclick: () => void copied(field) }, 'Copy');
    replace(
      body,
      h('p', {}, 'Members of the workspace read this report at its own address. A link lets anybody who has it read the report, with the charts and tables that stand in it as they are then, and nothing else, without an account.'),
      link ? h('div', { class: 'input-group mb-2' }, field, copy) : null,
      link ? h('p', { class: 'text-secondary small' }, 'It is shown this once: the studio keeps no copy.') : null,
      has && !link ? h('p', {}, 'There is a link. It cannot be shown again; a new one replaces it.') : null,
      h('div', { class: 'btn-list' }, link ? null : make(has ? 'Make a new link' : 'Make a link'), has ? withdraw() : null),
    );
    if (field) field.select();
  }
  show(hasLink, '');
  dialog('Share this report', body);
}

async function copied(field: HTMLInputElement): Promise<void> {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    toast('Copied.', 'success');
  } catch {
    toast('The browser does not let the studio copy. Press Ctrl+C: the link is selected.', 'warning');
  }
}

export function versionsDialog(address: string, restore: (version: number) => Promise<void>): void {
  const list = h('div', { class: 'list-group list-group-flush' });
  const text = h('pre', { class: 'studio-report-version', tabindex: '0', 'aria-label': 'What the report said' });
  const shown = h('div', { hidden: true }, text);
  const more = h('button', { type: 'button', class: 'btn btn-sm mt-2', hidden: true }, 'Earlier versions');
  const window_ = dialog('What this report said before', h('div', { class: 'studio-report-versions' }, h('div', {}, list, more), shown));
  let next: string | null = `${address}/versions?page_size=30`;
  let first = true;
  const read = async (): Promise<void> => {
    if (!next) return;
    const page: { results: Version[]; next: string | null } = await api('GET', next);
    next = page.next;
    more.hidden = !next;
    for (const version of page.results) {
      const isNow = first;
      first = false;
      const item = h(
        'button',
        { type: 'button', class: 'list-group-item list-group-item-action' },
        h('div', { class: 'fw-medium text-break' }, version.title),
        h('div', { class: 'text-secondary small' }, `${ago(version.saved_at)}${version.saved_by ? ` by ${version.saved_by}` : ''}${isNow ? ' · as it is now' : ''}`),
      );
      item.addEventListener('click', () => {
        for (const other of list.children) other.classList.toggle('active', other === item);
        text.textContent = version.body || 'It was empty.';
        const back = h('button', { type: 'button', class: 'btn btn-primary mb-2' }, 'Make this the text again');
        back.addEventListener('click', () => {
          back.disabled = true;
          restore(version.revision)
            .then(() => window_.close())
            .catch((error: unknown) => {
              back.disabled = false;
              toast(sentence(error), 'danger');
            });
        });
        replace(shown, isNow ? null : back, text);
        shown.hidden = false;
      });
      list.append(item);
    }
  };
  more.addEventListener('click', () => void read().catch((error: unknown) => toast(sentence(error), 'danger')));
  read().catch((error: unknown) => toast(sentence(error), 'danger'));
}
