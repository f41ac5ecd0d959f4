/** Short news in the corner. Announced to screen readers; errors stay until they are closed. */

export type ToastKind = 'info' | 'success' | 'warning' | 'danger';

const ICONS: Record<ToastKind, string> = {
  info: 'ti-info-circle',
  success: 'ti-circle-check',
  warning: 'ti-alert-triangle',
  danger: 'ti-alert-circle',
};
const STAYS_FOR = 6000;
/** What can be taken back is read and decided upon. */
const DECIDED_IN = 12_000;

/** Something that can still be done about it, such as "Undo". */
export interface ToastAction {
  label: string;
  act: () => void;
}

export function toast(message: string, kind: ToastKind = 'info', action?: ToastAction): HTMLElement {
  const element = document.createElement('div');
  element.className = `toast show studio-toast studio-toast-${kind}`;
  element.setAttribute('role', kind === 'danger' ? 'alert' : 'status');
  const body = document.createElement('div');
  body.className = 'toast-body d-flex align-items-start gap-2';
  const icon = document.createElement('i');
  icon.className = `ti ${ICONS[kind]} text-${kind} fs-2`;
  icon.setAttribute('aria-hidden', 'true');
  const text = document.createElement('div');
  text.className = 'flex-fill text-break';
  text.textContent = message;
  const close = document.createElement('button');
  close.type = 'button';
  close.className = 'btn-close';
  close.setAttribute('aria-label', 'Close');
  close.addEventListener('click', () => element.remove());
  body.append(icon, text);
  if (action) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn btn-sm flex-shrink-0';
    button.textContent = action.label;
    button.addEventListener('click', () => {
      element.remove();
      action.act();
    });
    body.append(button);
  }
  body.append(close);
  element.append(body);
  tray().append(element);
  if (kind !== 'danger') leave(element, action ? DECIDED_IN : STAYS_FOR);
  return element;
}

/** Not while somebody reaches for it. */
function leave(element: HTMLElement, after: number): void {
  setTimeout(() => (element.matches(':hover, :focus-within') ? leave(element, STAYS_FOR) : element.remove()), after);
}

function tray(): HTMLElement {
  const found = document.getElementById('toasts');
  if (found) return found;
  const made = document.createElement('div');
  made.id = 'toasts';
  made.className = 'toast-container position-fixed bottom-0 end-0 p-3';
  made.setAttribute('aria-live', 'polite');
  document.body.append(made);
  return made;
}
