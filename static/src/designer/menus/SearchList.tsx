/** A search box over a list; arrows choose, Enter takes. The focus stays in the box. */
import { useEffect, useId, useRef, useState } from 'react';
import { Icon } from '../nodes/Icon';

export type Choice = { key: string; title: string; detail?: string; icon?: string; refused?: string | null };

type Props<T extends Choice> = {
  label: string;
  find: (query: string) => T[];
  take: (choice: T) => void;
  empty: (query: string) => string;
};

export function SearchList<T extends Choice>({ label, find, take, empty }: Props<T>) {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const id = useId();
  const found = find(query);
  const active = Math.min(at, found.length - 1);

  useEffect(() => void list.current?.children[active]?.scrollIntoView({ block: 'nearest' }), [active, query]);

  const choose = (choice: T | undefined): void => {
    if (choice && !choice.refused) take(choice);
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const last = found.length - 1;
    const moves: Record<string, number> = {
      ArrowDown: Math.min(active + 1, last),
      ArrowUp: Math.max(active - 1, 0),
      PageDown: Math.min(active + 8, last),
      PageUp: Math.max(active - 8, 0),
    };
    const to = moves[event.key];
    if (to !== undefined) {
      event.preventDefault();
      setAt(to);
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      choose(found[active]);
    }
  };
  return (
    <>
      <input
        className="form-control form-control-sm"
        type="search"
        role="combobox"
        aria-label={label}
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={found[active] ? `${id}-${active}` : undefined}
        placeholder={label}
        autoFocus
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul className="dlist" role="listbox" id={id} ref={list} aria-label={label}>
        {found.map((choice, index) => (
          <li
            key={choice.key}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            aria-disabled={Boolean(choice.refused)}
            className={index === active ? 'is-active' : ''}
            onPointerMove={() => setAt(index)}
            onClick={() => choose(choice)}
          >
            {choice.icon && <Icon name={choice.icon} />}
            <span className="dlist-text">
              <span>{choice.title}</span>
              {(choice.refused ?? choice.detail) && <small>{choice.refused ?? choice.detail}</small>}
            </span>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="dlist-empty">{empty(query)}</p>}
    </>
  );
}
