/** Parts that are not React's: mounted when their code has arrived, taken away in any order. */
import { sentence } from '../../app/api';

type Gone = (() => void) | { destroy(): void } | void | undefined;

export function mount(
  element: HTMLElement | null,
  failed: (why: string) => void,
  make: (element: HTMLElement) => Promise<Gone>,
): () => void {
  if (!element) return () => undefined;
  // React must never meet nodes it did not make: they get an element of their own.
  const own = document.createElement('div');
  own.className = 'dmount';
  element.append(own);
  let left = false;
  let take: Gone;
  make(own).then(
    (made) => {
      take = made;
      if (left) away();
    },
    (error: unknown) => !left && failed(sentence(error)),
  );
  const away = (): void => {
    if (typeof take === 'function') take();
    else take?.destroy?.();
    own.remove();
  };
  return () => {
    left = true;
    away();
  };
}
