/** The one canvas on the page, for the parts that stand beside it. */
import type { ReactFlowInstance } from '@xyflow/react';
import type { Point } from '../graph/edits';
import { heightOf, WIDTH } from '../graph/place';
import { isTyping } from './keys';
import type { FlowEdge, FlowNode } from '../store/flow';

type Instance = ReactFlowInstance<FlowNode, FlowEdge>;

let instance: Instance | null = null;

export const setInstance = (made: Instance | null): void => {
  instance = made;
};
export const flow = (): Instance | null => instance;

export const canvasElement = (): HTMLElement | null => document.querySelector<HTMLElement>('.react-flow');

export const toCanvas = (screen: Point): Point => instance?.screenToFlowPosition(screen) ?? screen;

/** Where a node that is added without a pointer goes: the middle of what is seen. */
export function viewCentre(): Point {
  const box = canvasElement()?.getBoundingClientRect();
  if (!box) return { x: 0, y: 0 };
  const middle = toCanvas({ x: box.left + box.width / 2, y: box.top + box.height / 2 });
  return { x: middle.x - WIDTH / 2, y: middle.y - 40 };
}

export function nodeElement(id: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`);
}

// A focus is given two frames late; only the latest wish for one counts.
let wishes = 0;

/** Gives a node the keyboard's focus, once it is there, and brings it into view. */
export function focusNode(id: string): void {
  const before = document.activeElement;
  const mine = ++wishes;
  requestAnimationFrame(() => {
    reveal(id);
    requestAnimationFrame(() => {
      if (mine !== wishes) return;
      // Somebody quick has gone on to a field or to another node meanwhile.
      const now = document.activeElement;
      const wentOn = isTyping(now) || (now !== before && now?.closest('.react-flow__node, .dpanel'));
      if (!wentOn) nodeElement(id)?.focus({ preventScroll: true });
    });
  });
}

/** Moves the view only if the node is not seen. */
export function reveal(id: string): void {
  const node = instance?.getNode(id);
  const box = canvasElement()?.getBoundingClientRect();
  if (!instance || !node || !box) return;
  const corner = instance.flowToScreenPosition(node.position);
  const zoom = instance.getZoom();
  const [width, height] = [WIDTH * zoom, heightOf(node.data.doc) * zoom];
  const seen =
    corner.x >= box.left && corner.y >= box.top && corner.x + width <= box.right && corner.y + height <= box.bottom;
  if (!seen) centreOn(id);
}

export function centreOn(id: string): void {
  const node = instance?.getNode(id);
  if (!instance || !node) return;
  const zoom = Math.max(instance.getZoom(), 0.8);
  void instance.setCenter(node.position.x + WIDTH / 2, node.position.y + 40, { zoom, duration: calm() ? 0 : 200 });
}

export const calm = (): boolean => window.matchMedia('(prefers-reduced-motion: reduce)').matches;

export const focusCanvas = (): void => {
  wishes++;
  document.querySelector<HTMLElement>('.designer-canvas')?.focus({ preventScroll: true });
};
