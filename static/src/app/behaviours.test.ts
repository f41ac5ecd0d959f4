import { beforeEach, describe, expect, it, vi } from 'vitest';

import { startBehaviours } from './behaviours';
import { isDark, setTheme, startTheme } from './theme';
import { toast } from './toast';

beforeEach(() => {
  document.body.innerHTML = '';
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => {} }));
});

describe('behaviours', () => {
  it('turns a message of the server into a toast that a screen reader hears', () => {
    document.body.innerHTML = '<div data-toast="danger">The name is taken.</div>';

    startBehaviours(document);

    expect(document.querySelector('#toasts [role="alert"]')?.textContent).toContain('The name is taken.');
    expect(document.querySelector('[data-toast]')).toBeNull();
  });

  it('asks before a form with data-confirm is sent, once, however often it was started', () => {
    document.body.innerHTML = '<form data-confirm="Remove Rita?"><button>Remove</button></form>';
    const confirm = vi.fn(() => false);
    vi.stubGlobal('confirm', confirm);
    startBehaviours(document);
    startBehaviours(document);

    const event = new Event('submit', { cancelable: true });
    document.querySelector('form')!.dispatchEvent(event);

    expect(event.defaultPrevented).toBe(true);
    expect(confirm).toHaveBeenCalledExactlyOnceWith('Remove Rita?');
  });

  it('shows text as text: a message cannot carry markup', () => {
    expect(toast('<b>bold</b>').querySelector('b')).toBeNull();
  });
});

describe('theme', () => {
  it('follows the choice and tells those who draw', () => {
    const heard = vi.fn();
    document.addEventListener('themechange', heard);
    startTheme();

    setTheme('dark');
    setTheme('dark');

    expect(isDark()).toBe(true);
    expect(document.documentElement.dataset.bsTheme).toBe('dark');
    setTheme('light');
    expect(isDark()).toBe(false);
    expect(heard.mock.calls.length).toBe(3);
  });
});
