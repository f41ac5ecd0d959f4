/**
 * Light or dark. The person's choice stands in `<html data-theme>` ("auto" follows the system); what is in force stands
 * in `<html data-bs-theme>`, which Tabler reads. Listen to "themechange" on `document` to redraw what CSS cannot.
 */

export type Theme = 'auto' | 'light' | 'dark';

const system = (): MediaQueryList => window.matchMedia('(prefers-color-scheme: dark)');

export function isDark(): boolean {
  return document.documentElement.dataset.bsTheme === 'dark';
}

export function chosenTheme(): Theme {
  const choice = document.documentElement.dataset.theme;
  return choice === 'light' || choice === 'dark' ? choice : 'auto';
}

export function setTheme(choice: Theme): void {
  document.documentElement.dataset.theme = choice;
  apply();
}

export function startTheme(): void {
  apply();
  system().addEventListener('change', apply);
}

function apply(): void {
  const choice = chosenTheme();
  const dark = choice === 'dark' || (choice === 'auto' && system().matches);
  const now = dark ? 'dark' : 'light';
  if (document.documentElement.dataset.bsTheme === now) return;
  document.documentElement.dataset.bsTheme = now;
  document.dispatchEvent(new CustomEvent('themechange', { detail: { dark } }));
}
