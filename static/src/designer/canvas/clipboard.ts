/** The system's clipboard: by the browser's own copy, cut and paste events, and from the menu. */
import type { Point } from '../graph/edits';
import { selectedNodes } from '../store/document';
import { env, studio } from '../store';
import { isTyping } from './keys';

export function listenToClipboard(): () => void {
  const copy = (event: ClipboardEvent): void => {
    if (isTyping(event.target) || textIsSelected()) return;
    const text = studio().copy();
    if (!text) return;
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    if (event.type === 'cut' && studio().canEdit) studio().removeSelected();
  };
  const paste = (event: ClipboardEvent): void => {
    if (isTyping(event.target) || studio().preview) return;
    event.preventDefault();
    studio().paste(event.clipboardData?.getData('text/plain') ?? '');
  };
  document.addEventListener('copy', copy);
  document.addEventListener('cut', copy);
  document.addEventListener('paste', paste);
  return () => {
    document.removeEventListener('copy', copy);
    document.removeEventListener('cut', copy);
    document.removeEventListener('paste', paste);
  };
}

/** A log line marked with the mouse is what the person wants to copy then, not the node. */
const textIsSelected = (): boolean => (window.getSelection()?.toString() ?? '') !== '';

export async function copySelection(): Promise<boolean> {
  const text = studio().copy();
  if (!text) return false;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without a secure connection a browser keeps this door shut; its copy command goes through our event.
    if (document.execCommand('copy')) return true;
    env().say('The browser does not let the menu copy here; press Ctrl C.', 'warning');
    return false;
  }
}

export async function cutSelection(): Promise<void> {
  if (selectedNodes(studio()).length && (await copySelection())) studio().removeSelected();
}

export async function pasteFromMenu(at: Point): Promise<void> {
  try {
    studio().paste(await navigator.clipboard.readText(), at);
  } catch {
    env().say('The browser does not let the menu read the clipboard; press Ctrl V.', 'warning');
  }
}
