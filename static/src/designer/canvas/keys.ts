/** What is a text field, and what is the canvas, to a key. */

export function isTyping(target: EventTarget | null): boolean {
  const element = target instanceof Element ? target : null;
  return Boolean(
    element?.closest(
      'input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true], .cm-editor',
    ),
  );
}

/** Single keys belong to the canvas only while the canvas, or nothing, has the focus. */
export function onCanvas(target: EventTarget | null): boolean {
  const element = target instanceof Element ? target : null;
  return !element || element === document.body || Boolean(element.closest('.designer-canvas'));
}

export const isMac = (): boolean => /Mac|iPhone|iPad/.test(navigator.platform);
