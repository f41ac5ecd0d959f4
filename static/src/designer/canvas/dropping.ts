/** Things dragged from the palette onto the canvas, or onto a wire. */
import type { DragEvent } from 'react';
import { edgeId, type EdgeDoc } from '../graph/document';
import { WIDTH } from '../graph/place';
import { insertable } from '../graph/ports';
import type { Added } from '../store/state';
import { studio } from '../store';
import { focusNode, toCanvas } from './instance';

const TYPE = 'application/x-atelier-component';

// What is dragged cannot be read from the event before it is dropped, so it is remembered here.
let dragged: Added | null = null;

export function startDrag(event: DragEvent, added: Added): void {
  dragged = added;
  event.dataTransfer.setData(TYPE, JSON.stringify(added));
  event.dataTransfer.effectAllowed = 'copy';
}

export const endDrag = (): void => {
  dragged = null;
  if (studio().dropEdge) studio().patch({ dropEdge: null });
};

export const dropHandlers = {
  onDragOver(event: DragEvent): void {
    if (!event.dataTransfer.types.includes(TYPE) || !studio().canEdit) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    const id = dragged ? (wireAt(event, dragged)?.id ?? null) : null;
    if (studio().dropEdge !== id) studio().patch({ dropEdge: id });
  },

  onDragLeave(event: DragEvent): void {
    if (!(event.currentTarget as Element).contains(event.relatedTarget as Node | null))
      studio().patch({ dropEdge: null });
  },

  onDrop(event: DragEvent): void {
    const text = event.dataTransfer.getData(TYPE);
    if (!text) return;
    event.preventDefault();
    const added = JSON.parse(text) as Added;
    const at = toCanvas({ x: event.clientX, y: event.clientY });
    const corner = { x: at.x - WIDTH / 2, y: at.y - 30 };
    const over = wireAt(event, added);
    const id = over ? studio().insert(added, over.edge, corner) : studio().add(added, corner);
    endDrag();
    if (id) focusNode(id);
  },
};

/** The wire under the pointer, if what is dragged fits into it. */
function wireAt(event: DragEvent, added: Added): { id: string; edge: EdgeDoc } | null {
  const { graph, catalogue } = studio();
  for (const element of document.elementsFromPoint(event.clientX, event.clientY)) {
    const id = element.closest<HTMLElement>('.react-flow__edge')?.dataset.id;
    const edge = id && graph.edges.find((candidate) => edgeId(candidate) === id);
    if (id && edge && insertable(graph, catalogue, edge).some(({ component }) => component.id === added.component)) {
      return { id, edge };
    }
  }
  return null;
}
