/** Small panels that open at a control and go away with Escape or a click beside them; menus are such panels. */

import { h, icon } from '../runs/dom';

export interface Popover {
  element: HTMLElement;
  close(): void;
}

/** `content` is given the way to close it. The focus goes to the first field within, and back to the anchor at the end. */
export function popover(anchor: HTMLElement, label: string, content: (close: () => void) => Node, className = ''): Popover {
  const element = h('div', { class: `rt-popover ${className}`.trim(), popover: 'auto', role: 'dialog', 'aria-label': label });
  const within = element.contains(document.activeElement);
  const close = (): void => element.hidePopover();
  element.append(content(close));
  // Within a dialog, so that it stands above it and belongs to it.
  (anchor.closest('dialog') ?? document.body).append(element);
  const back = anchor.closest<HTMLElement>('[role="grid"]') ?? anchor;
  const place = (): void => position(element, anchor);
  const gone = (event: Event): void => {
    if ((event as ToggleEvent).newState !== 'closed') return;
    window.removeEventListener('resize', place);
    const had = element.contains(document.activeElement) || document.activeElement === document.body;
    element.remove();
    anchor.setAttribute('aria-expanded', 'false');
    if (had && back.isConnected) back.focus({ preventScroll: true });
  };
  element.addEventListener('toggle', gone);
  window.addEventListener('resize', place);
  element.showPopover();
  anchor.setAttribute('aria-expanded', 'true');
  place();
  new ResizeObserver(place).observe(element);
  if (!within) element.querySelector<HTMLElement>('[autofocus], input:not([type=checkbox]):not([type=radio]), [role^=menuitem], button')?.focus({ preventScroll: true });
  return { element, close };
}

export interface Item {
  text: string;
  icon?: string;
  detail?: string;
  checked?: boolean; // a choice among several
  disabled?: boolean;
  danger?: boolean;
  act(): void;
}

/** null is a line between. */
export function menu(anchor: HTMLElement, label: string, items: (Item | string | null)[]): Popover {
  const opened = popover(anchor, label, (close) => {
    const list = h('div', { role: 'menu', 'aria-label': label, class: 'rt-menu' });
    for (const item of items) {
      if (item === null) list.append(h('div', { class: 'dropdown-divider', role: 'separator' }));
      else if (typeof item === 'string') list.append(h('div', { class: 'dropdown-header' }, item));
      else list.append(entry(item, close));
    }
    list.addEventListener('keydown', (event) => step(list, event));
    return list;
  }, 'rt-menu-popover');
  return opened;
}

function entry(item: Item, close: () => void): HTMLElement {
  const choice = item.checked !== undefined;
  const button = h(
    'button',
    {
      type: 'button', class: `dropdown-item${item.danger ? ' text-danger' : ''}`, role: choice ? 'menuitemradio' : 'menuitem',
      'aria-checked': choice ? String(item.checked) : null, disabled: item.disabled,
      click: () => {
        close();
        item.act();
      },
    },
    item.icon || item.checked ? icon(item.icon ?? 'check', 'rt-menu-icon') : h('span', { class: 'rt-menu-icon' }),
    h('span', { class: 'rt-menu-text' }, item.text),
    item.detail ? h('span', { class: 'rt-menu-detail' }, item.detail) : null,
  ); // prettier-ignore
  return button;
}

/** Arrows walk through a list of buttons. */
export function step(list: HTMLElement, event: KeyboardEvent): void {
  const all = [...list.querySelectorAll<HTMLElement>('button:not(:disabled)')];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const goal = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (goal === undefined || !all.length) return;
  event.preventDefault();
  all[(goal + all.length) % all.length]?.focus();
}

function position(element: HTMLElement, anchor: HTMLElement): void {
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = element;
  const gap = 4;
  const below = window.innerHeight - box.bottom - gap;
  const top = below >= height || below >= box.top ? box.bottom + gap : box.top - gap - height;
  element.style.left = `${Math.max(8, Math.min(box.left, window.innerWidth - width - 8))}px`;
  element.style.top = `${Math.max(8, Math.min(top, window.innerHeight - height - 8))}px`;
}

/** A dialog in the middle. `body` is given the way to close it. */
export function dialog(title: string, body: (close: () => void) => Node, className = ''): HTMLDialogElement {
  const element = h('dialog', { class: `studio-dialog ${className}`.trim(), 'aria-label': title });
  const close = (): void => element.close();
  element.append(
    h('div', { class: 'modal-header' }, h('h2', { class: 'modal-title' }, title), h('button', { type: 'button', class: 'btn-close', 'aria-label': 'Close', click: close })),
    body(close),
  );
  element.addEventListener('close', () => element.remove());
  // A click on the backdrop is a click on the dialog itself.
  element.addEventListener('pointerdown', (event) => event.target === element && close());
  document.body.append(element);
  element.showModal();
  element.querySelector<HTMLElement>('[autofocus]')?.focus();
  return element;
}

/** Ask for one line of text. `save` may refuse by throwing: the sentence is shown at the field. */
export function askText(o: { title: string; label: string; value?: string; button: string; extra?: Node; most?: number; save: (text: string) => Promise<void> }): void {
  dialog(o.title, (close) => {
    const input = h('input', { class: 'form-control', id: 'rt-ask', value: o.value ?? '', maxlength: o.most ?? 250, autofocus: true, autocomplete: 'off', 'aria-describedby': 'rt-ask-problem' });
    const problem = h('div', { class: 'invalid-feedback', id: 'rt-ask-problem', role: 'alert' });
    const button = h('button', { type: 'submit', class: 'btn btn-primary' }, o.button);
    const send = async (event: Event): Promise<void> => {
      event.preventDefault();
      button.disabled = true;
      try {
        if (!input.value.trim()) throw new Error('It needs a name.');
        await o.save(input.value.trim());
        close();
      } catch (error) {
        problem.textContent = error instanceof Error ? error.message : String(error);
        input.classList.add('is-invalid');
        input.setAttribute('aria-invalid', 'true');
        input.focus();
      } finally {
        button.disabled = false;
      }
    };
    setTimeout(() => input.select());
    return h('form', { submit: (event) => void send(event) },
      h('div', { class: 'modal-body' }, h('label', { class: 'form-label', for: 'rt-ask' }, o.label), input, problem, o.extra),
      h('div', { class: 'modal-footer' }, h('button', { type: 'button', class: 'btn', click: close }, 'Cancel'), button),
    );
  });
}

export function confirm(o: { title: string; text: string; button: string; danger?: boolean }): Promise<boolean> {
  return new Promise((answer) => {
    let sure = false;
    const element = dialog(o.title, (close) =>
      h('div', {},
        h('div', { class: 'modal-body' }, o.text),
        h('div', { class: 'modal-footer' },
          h('button', { type: 'button', class: 'btn', click: close }, 'Leave it'),
          h('button', { type: 'button', class: `btn ${o.danger ? 'btn-danger' : 'btn-primary'}`, autofocus: true, click: () => {
            sure = true;
            close();
          } }, o.button),
        ),
      ),
    );
    element.addEventListener('close', () => answer(sure));
  });
}
