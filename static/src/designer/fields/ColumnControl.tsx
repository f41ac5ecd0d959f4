/** One column of the table that arrives: a list to search; free text where the columns cannot be foreseen. */
import { useEffect, useRef, useState } from 'react';
import type { Schema } from '../api';
import { allowed, type Column } from '../graph/columns';
import { Icon } from '../nodes/Icon';
import { kindIcon } from '../nodes/words';
import type { ControlProps } from './Field';

export function ColumnControl({
  param,
  id,
  value,
  set,
  readOnly,
  invalid,
  describedBy,
  schema,
  pending,
}: ControlProps & { schema: Schema | undefined; pending: boolean }) {
  const name = typeof value === 'string' ? value : '';
  const foreseen = schema?.type === 'table' && schema.known !== false;
  // The answer is on its way: a list that fills, not a text field that turns into a list under one's hands.
  const known = foreseen || (pending && schema === undefined);
  const columns = foreseen ? allowed(schema.columns ?? [], param.kinds) : [];
  const [typed, setTyped] = useState<string | null>(null);
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const open = typed !== null && known;
  const found = open ? matching(columns, typed === name ? '' : typed) : [];
  const active = Math.min(at, found.length - 1);
  useEffect(() => void list.current?.children[active]?.scrollIntoView({ block: 'nearest' }), [active, open]);

  const take = (column: Column | undefined): void => {
    if (column) set(column.name);
    setTyped(null);
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (!known) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (typed === null) setTyped(name);
      else setAt(Math.max(0, Math.min(active + (event.key === 'ArrowDown' ? 1 : -1), found.length - 1)));
    } else if (event.key === 'Enter' && open) {
      event.preventDefault();
      if (found[active]) take(found[active]);
    } else if (event.key === 'Escape' && open) {
      event.stopPropagation();
      setTyped(null);
    }
  };
  const column = schema?.columns?.find((candidate) => candidate.name === name);
  return (
    <div className="dcombo">
      <input
        id={id}
        className={`form-control ${invalid ? 'is-invalid' : ''}`}
        role={known ? 'combobox' : undefined}
        aria-expanded={known ? open : undefined}
        aria-controls={`${id}-list`}
        aria-activedescendant={open && found[active] ? `${id}-${active}` : undefined}
        aria-invalid={invalid}
        aria-describedby={describedBy}
        autoComplete="off"
        readOnly={readOnly}
        placeholder={known ? 'Choose a column' : 'Name of the column'}
        value={typed ?? name}
        onFocus={(event) => {
          if (known && !readOnly) {
            setTyped(name);
            setAt(
              Math.max(
                0,
                columns.findIndex((candidate) => candidate.name === name),
              ),
            );
            event.target.select();
          }
        }}
        onClick={() => known && !readOnly && typed === null && setTyped(name)}
        onChange={(event) => {
          setAt(0);
          if (known) setTyped(event.target.value);
          else set(event.target.value);
        }}
        onBlur={() => {
          // Typed out in full, without taking it from the list.
          const exact = typed !== null && columns.find((candidate) => candidate.name === typed);
          if (exact && exact.name !== name) set(exact.name);
          else if (typed === '' && name) set(null);
          else if (typed && !foreseen) set(typed);
          setTyped(null);
        }}
        onKeyDown={onKeyDown}
      />
      {column && typed === null && (
        <span className="dcombo-kind" title={column.kind}>
          <Icon name={kindIcon(column.kind)} /> {column.kind}
        </span>
      )}
      {open && (
        <ul className="dlist dcombo-list" role="listbox" id={`${id}-list`} ref={list} aria-label="Columns">
          {found.map((candidate, index) => (
            <li
              key={candidate.name}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === active}
              className={index === active ? 'is-active' : ''}
              onPointerDown={(event) => {
                event.preventDefault();
                take(candidate);
              }}
              onPointerMove={() => setAt(index)}
            >
              <Icon name={kindIcon(candidate.kind)} />
              <span className="dlist-text">
                <span>{candidate.name}</span>
              </span>
              <small className="text-secondary ms-auto">{candidate.kind}</small>
            </li>
          ))}
          {found.length === 0 && (
            <li className="dlist-none">
              {!foreseen
                ? 'Looking which columns arrive…'
                : columns.length === 0
                  ? `No ${param.kinds.length ? `${param.kinds.join(' or ')} ` : ''}column arrives here.`
                  : `No column is called “${typed}”.`}
            </li>
          )}
        </ul>
      )}
      {!known && (
        <div className="dfield-help">
          {schema
            ? 'The columns are known only after a run: type the name.'
            : 'Connect the input, and its columns can be chosen here.'}
        </div>
      )}
    </div>
  );
}

function matching(columns: Column[], query: string): Column[] {
  const text = query.trim().toLowerCase();
  if (!text) return columns;
  const starts = columns.filter((column) => column.name.toLowerCase().startsWith(text));
  return [
    ...starts,
    ...columns.filter((column) => !starts.includes(column) && column.name.toLowerCase().includes(text)),
  ];
}
