/** The comment of a node, written in a small window. */
import { useRef } from 'react';
import { focusNode, nodeElement } from '../canvas/instance';
import { nodeOf } from '../graph/document';
import { Popover } from '../menus/Popover';
import { type Studio, studio, useStudio } from '../store';

const commented = (state: Studio) => state.commenting;

export function Comment() {
  const id = useStudio(commented);
  const field = useRef<HTMLTextAreaElement>(null);
  if (!id) return null;
  const node = nodeOf(studio().graph, id);
  const box = nodeElement(id)?.getBoundingClientRect();
  if (!node) return null;
  const close = (keep = true): void => {
    if (keep && field.current) studio().setComment(id, field.current.value.trim());
    studio().patch({ commenting: null });
    focusNode(id);
  };
  return (
    <Popover
      at={{ x: (box?.right ?? 300) + 8, y: box?.top ?? 200 }}
      label={`Comment on ${node.title}`}
      className="dcomment"
      close={() => close()}
    >
      <label>
        Comment on {node.title}
        <textarea
          ref={field}
          className="form-control"
          rows={3}
          maxLength={2000}
          autoFocus
          defaultValue={node.comment}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) close();
            if (event.key === 'Escape') {
              event.stopPropagation();
              close(false);
            }
          }}
        />
      </label>
      <div className="btn-list mt-2">
        <button type="button" className="btn btn-sm btn-primary" onClick={() => close()}>
          Keep
        </button>
        {node.comment && (
          <button
            type="button"
            className="btn btn-sm"
            onClick={() => {
              studio().setComment(id, '');
              close(false);
            }}
          >
            Remove
          </button>
        )}
      </div>
    </Popover>
  );
}
