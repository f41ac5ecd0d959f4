/** Dragging a panel to another place by its grip. The place it would take is marked; Escape leaves all as it was. */

export function dragPanel(event: PointerEvent, o: { element: HTMLElement; over(x: number, y: number): string | null; elementOf(id: string): HTMLElement | null; drop(target: string): void }): void {
  if (event.button !== 0) return;
  const grip = event.currentTarget as HTMLElement;
  const began = { x: event.clientX, y: event.clientY };
  let target: string | null = null;
  let moving = false;
  let pointer = began;
  let scrolling = 0;
  grip.setPointerCapture(event.pointerId);

  const aim = (): void => {
    const found = o.over(pointer.x, pointer.y);
    if (found === target) return;
    if (target) o.elementOf(target)?.classList.remove('is-target');
    target = found;
    if (target) o.elementOf(target)?.classList.add('is-target');
  };
  /** At the edge of the window the page comes along. */
  const scroll = (): void => {
    const edge = 60;
    const by = pointer.y < edge ? pointer.y - edge : pointer.y > window.innerHeight - edge ? pointer.y - window.innerHeight + edge : 0;
    if (by) {
      scrollerOf(o.element).scrollBy(0, by / 3);
      aim();
    }
    scrolling = requestAnimationFrame(scroll);
  };
  const move = (now: PointerEvent): void => {
    pointer = { x: now.clientX, y: now.clientY };
    if (!moving && Math.hypot(pointer.x - began.x, pointer.y - began.y) < 6) return;
    if (!moving) {
      moving = true;
      o.element.classList.add('is-dragged');
      scrolling = requestAnimationFrame(scroll);
    }
    aim();
  };
  const end = (dropped: boolean): void => {
    cancelAnimationFrame(scrolling);
    grip.removeEventListener('pointermove', move);
    grip.removeEventListener('pointerup', up);
    grip.removeEventListener('pointercancel', cancel);
    document.removeEventListener('keydown', key, true);
    o.element.classList.remove('is-dragged');
    if (target) o.elementOf(target)?.classList.remove('is-target');
    if (dropped && moving && target) o.drop(target);
  };
  const up = (): void => end(true);
  const cancel = (): void => end(false);
  const key = (now: KeyboardEvent): void => {
    if (now.key !== 'Escape') return;
    now.preventDefault();
    now.stopPropagation();
    end(false);
  };
  grip.addEventListener('pointermove', move);
  grip.addEventListener('pointerup', up);
  grip.addEventListener('pointercancel', cancel);
  document.addEventListener('keydown', key, true);
}

function scrollerOf(element: HTMLElement): Element {
  for (let parent = element.parentElement; parent; parent = parent.parentElement) {
    if (/(auto|scroll)/.test(getComputedStyle(parent).overflowY) && parent.scrollHeight > parent.clientHeight) return parent;
  }
  return document.scrollingElement ?? document.documentElement;
}
