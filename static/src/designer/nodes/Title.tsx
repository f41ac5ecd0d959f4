/** The node's name; renamed in place. */
import { memo, useEffect, useRef } from 'react';
import { focusNode } from '../canvas/instance';
import { type Studio, studio, useStudio } from '../store';

const renaming =
  (id: string) =>
  (state: Studio): boolean =>
    state.renaming === id;

export const Title = memo(function Title({ id, title }: { id: string; title: string }) {
  const editing = useStudio(renaming(id));
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => void field.current?.select(), [editing]);
  if (!editing) {
    return (
      <span className="dnode-title" title={title}>
        {title}
      </span>
    );
  }
  const end = (keep: boolean): void => {
    if (studio().renaming !== id) return;
    if (keep && field.current) studio().setTitle(id, field.current.value);
    studio().patch({ renaming: null });
    focusNode(id);
  };
  return (
    <input
      ref={field}
      className="dnode-rename nodrag nopan"
      defaultValue={title}
      maxLength={120}
      aria-label="Name of the node"
      autoFocus
      onBlur={() => end(true)}
      onDoubleClick={(event) => event.stopPropagation()}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') end(true);
        if (event.key === 'Escape') end(false);
      }}
    />
  );
});
