/**
 * Small behaviours of server-rendered pages, each switched on by one attribute:
 *
 *   <time data-ago datetime="…">          keeps saying how long ago
 *   <button data-copy="#id">              copies the text or value of an element
 *   <form data-confirm="Sure?">           asks before it is sent
 *   <div data-toast="success">text</div>  becomes a toast (Django's messages)
 *   <select data-submit>                  sends its form when it changes
 *   <input data-theme-choice="/address">  shows the theme at once and saves it there
 *   <div data-live="#id" data-workspace="slug" data-after="7">
 *                                         tells that element "news" when a run of the workspace changes state
 *   <form data-once>                      cannot be sent twice
 */

import { api, sentence } from './api';
import { ago } from './format';
import { setTheme, type Theme } from './theme';
import { toast, type ToastKind } from './toast';

const SECOND = 1000;

export function startBehaviours(root: ParentNode): void {
  each(root, '[data-ago]', startAgo);
  each(root, '[data-copy]', startCopy);
  each(root, 'form[data-confirm]', startConfirm);
  each(root, '[data-toast]', startToast);
  each(root, '[data-submit]', startSubmit);
  each(root, '[data-theme-choice]', startThemeChoice);
  each(root, 'form[data-once]', startOnce);
  each(root, '[data-live]', startLive);
}

function each(root: ParentNode, selector: string, start: (element: HTMLElement) => void): void {
  const found = [...root.querySelectorAll<HTMLElement>(selector)];
  if (root instanceof HTMLElement && root.matches(selector)) found.push(root);
  for (const element of found) {
    // HTMX announces the whole document too: nothing is started twice.
    const started = (element.dataset.started ?? '').split(' ');
    if (started.includes(selector)) continue;
    element.dataset.started = [...started, selector].join(' ').trim();
    start(element);
  }
}

function startAgo(element: HTMLElement): void {
  const show = (): void => {
    element.textContent = ago(element.getAttribute('datetime'));
  };
  show();
  const timer = setInterval(() => (element.isConnected ? show() : clearInterval(timer)), 30 * SECOND);
}

function startCopy(button: HTMLElement): void {
  button.addEventListener('click', async () => {
    const source = document.querySelector<HTMLElement>(button.dataset.copy ?? '');
    if (!source) return;
    const text = source instanceof HTMLInputElement ? source.value : (source.textContent ?? '').trim();
    if (await copied(text, source)) {
      toast('Copied.', 'success');
    } else {
      toast('The browser does not let the studio copy. Press Ctrl+C: the text is selected.', 'warning');
    }
  });
}

async function copied(text: string, source: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without HTTPS, on a machine other than this one, there is no clipboard: select, so that a key does it.
    if (source instanceof HTMLInputElement) source.select();
    else window.getSelection()?.selectAllChildren(source);
    return false;
  }
}

function startConfirm(form: HTMLElement): void {
  form.addEventListener('submit', (event) => {
    if (!window.confirm(form.dataset.confirm)) event.preventDefault();
  });
}

function startToast(element: HTMLElement): void {
  toast(element.textContent?.trim() ?? '', element.dataset.toast as ToastKind);
  element.remove();
}

function startSubmit(field: HTMLElement): void {
  field.addEventListener('change', () => field.closest('form')?.requestSubmit());
}

function startThemeChoice(field: HTMLElement): void {
  field.addEventListener('change', () => {
    const theme = (field as HTMLInputElement).value as Theme;
    setTheme(theme);
    // The choice stands in the menu and on the account page: both say the same.
    for (const other of document.querySelectorAll<HTMLInputElement>('[data-theme-choice]')) {
      other.checked = other.value === theme;
    }
    const body = new FormData();
    body.append('theme', theme);
    api('POST', field.dataset.themeChoice ?? '', body).catch((error: unknown) => toast(sentence(error), 'danger'));
  });
}

function startLive(element: HTMLElement): void {
  // Pages that show nothing live do not load the socket.
  void import('../live/news').then(({ subscribe }) => {
    let waiting: ReturnType<typeof setTimeout> | undefined;
    subscribe('workspace', element.dataset.workspace ?? '', Number(element.dataset.after), (news) => {
      // How a run does is for who looks at it; here its state counts.
      if (news.type === 'error' || news.type === 'metric') return;
      // Forty runs that end together are one piece of news.
      waiting ??= setTimeout(() => {
        waiting = undefined;
        document.querySelector(element.dataset.live ?? '')?.dispatchEvent(new CustomEvent('news'));
      }, 250);
    });
  });
}

function startOnce(form: HTMLElement): void {
  form.addEventListener('submit', (event) => {
    if (event.defaultPrevented) return;
    // After the browser has collected the fields: a disabled button would take its value with it.
    setTimeout(() => {
      for (const button of form.querySelectorAll<HTMLButtonElement>('button:not([type="button"])')) {
        button.disabled = true;
        button.classList.add('btn-loading');
      }
    });
  });
  // Back from the next page, out of the browser's own cache.
  window.addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    for (const button of form.querySelectorAll<HTMLButtonElement>('button')) {
      button.disabled = false;
      button.classList.remove('btn-loading');
    }
  });
}
