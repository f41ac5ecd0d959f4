/** Where a pointer is on the screen, whatever kind of pointer it is. */
import type { Point } from '../graph/edits';

export function pointOf(event: MouseEvent | TouchEvent): Point {
  if ('changedTouches' in event) {
    const touch = event.changedTouches[0];
    return { x: touch?.clientX ?? 0, y: touch?.clientY ?? 0 };
  }
  return { x: event.clientX, y: event.clientY };
}
