/** Short news in the corner. Announced to screen readers; errors stay until they are closed. */

export type ToastKind = 'info' | 'success' | 'warning' | 'danger';

const ICONS: Record<ToastKind, string> = {
  info: 'ti-info-circle',
  success: 'ti-circle-check',
  warning: 'ti-alert-triangle',
  danger: 'ti-alert-circle',
};
const STAYS_FOR = 6000;

export function toast(message: string, kind: ToastKind = 'info'): HTMLElement {
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
  body.append(icon, text, close);
  element.append(body);
  tray().append(element);
  if (kind !== 'danger') setTimeout(() => element.remove(), STAYS_FOR);
  return element;
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
