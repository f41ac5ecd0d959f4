/** The chooser of columns: all, by kind, by name, with exceptions; counted as one chooses. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { allowed, type Column, describe, KINDS, type Selection, selected, toggle } from '../graph/columns';
import { Icon } from '../nodes/Icon';
import { kindIcon } from '../nodes/words';

type Props = {
  title: string;
  selection: Selection;
  columns: readonly Column[];
  known: boolean;
  kinds: readonly string[];
  readOnly: boolean;
  close: () => void;
  take: (selection: Selection) => void;
};

/** As many rows as one can look through; beyond that one searches. Said, when it happens. */
const SHOWN = 500;

export function ColumnsDialog({ title, selection: before, columns, known, kinds, readOnly, close, take }: Props) {
  const [selection, setSelection] = useState(before);
  const [query, setQuery] = useState('');
  const [typed, setTyped] = useState('');
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => void dialog.current?.showModal(), []);

  // Chosen by name but not arriving now: kept in the list, so that they can be taken out.
  const listed = useMemo(() => {
    const there = new Set(columns.map((column) => column.name));
    const extra = [...before.names, ...before.except, ...selection.names].filter((name) => !there.has(name));
    return [...allowed(columns, kinds), ...[...new Set(extra)].map((name) => ({ name, kind: 'unknown' }))];
  }, [columns, kinds, before, selection.names]);
  const chosen = new Set(selected(selection, listed).map((column) => column.name));
  const found = listed.filter((column) => column.name.toLowerCase().includes(query.trim().toLowerCase()));
  const offered = KINDS.filter(
    (kind) => (kinds.length === 0 || kinds.includes(kind)) && (!known || listed.some((column) => column.kind === kind)),
  );

  const setKind = (kind: string, on: boolean): void =>
    setSelection({
      ...selection,
      kinds: on ? [...selection.kinds, kind] : selection.kinds.filter((other) => other !== kind),
    });
  const addTyped = (): void => {
    const name = typed.trim();
    if (name) setSelection(toggle(selection, { name, kind: 'unknown' }, true));
    setTyped('');
  };
  const toggleFound = (on: boolean): void =>
    setSelection(found.reduce((now, column) => toggle(now, column, on), selection));

  return (
    <dialog
      ref={dialog}
      className="ddialog"
      aria-label={title}
      onClose={close}
      onKeyDown={(event) => event.stopPropagation()}
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
    >
      <form
        method="dialog"
        onSubmit={() => {
          if (!readOnly) take(selection);
        }}
      >
        <header>
          <h2>{title}</h2>
          <button
            type="button"
            className="btn-close"
            aria-label="Close without changes"
            onClick={() => dialog.current?.close()}
          />
        </header>
        <fieldset className="ddialog-rules" disabled={readOnly}>
          <label className="form-check form-check-inline m-0">
            <input
              type="checkbox"
              className="form-check-input"
              checked={selection.all}
              onChange={(event) =>
                setSelection({
                  ...selection,
                  all: event.target.checked,
                  ...(event.target.checked ? { kinds: [], names: [] } : { except: [] }),
                })
              }
            />
            <span className="form-check-label">All columns</span>
          </label>
          {offered.map((kind) => (
            <label key={kind} className="form-check form-check-inline m-0">
              <input
                type="checkbox"
                className="form-check-input"
                disabled={selection.all}
                checked={selection.all || selection.kinds.includes(kind)}
                onChange={(event) => setKind(kind, event.target.checked)}
              />
              <span className="form-check-label">
                <Icon name={kindIcon(kind)} /> All {kind}
              </span>
            </label>
          ))}
        </fieldset>
        <div className="ddialog-search">
          <input
            type="search"
            className="form-control form-control-sm"
            placeholder="Search columns"
            aria-label="Search columns"
            autoFocus
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
          />
          <button
            type="button"
            className="btn btn-sm"
            disabled={readOnly || !found.length}
            onClick={() => toggleFound(true)}
          >
            Choose {query ? 'these' : 'all listed'}
          </button>
          <button
            type="button"
            className="btn btn-sm"
            disabled={readOnly || !found.length}
            onClick={() => toggleFound(false)}
          >
            Leave {query ? 'these' : 'all listed'} out
          </button>
        </div>
        <div className="ddialog-columns" role="group" aria-label="Columns">
          {found.slice(0, SHOWN).map((column) => (
            <label key={column.name} className="form-check m-0">
              <input
                type="checkbox"
                className="form-check-input"
                disabled={readOnly}
                checked={chosen.has(column.name)}
                onChange={(event) => setSelection(toggle(selection, column, event.target.checked))}
              />
              <span className="form-check-label">{column.name}</span>
              <small>
                <Icon name={kindIcon(column.kind)} />{' '}
                {column.kind === 'unknown' ? (known ? 'does not arrive' : 'kind unknown') : column.kind}
              </small>
            </label>
          ))}
          {found.length > SHOWN && (
            <p className="dlist-empty">
              {SHOWN} of {found.length} columns are listed; search for the others.
            </p>
          )}
          {found.length === 0 && (
            <p className="dlist-empty">
              {query
                ? `No column is called “${query}”.`
                : known
                  ? 'No column arrives here.'
                  : 'The columns are known only after a run: type their names.'}
            </p>
          )}
        </div>
        {!known && !readOnly && (
          <div className="ddialog-search">
            <input
              className="form-control form-control-sm"
              placeholder="Name of a column"
              aria-label="Name of a column"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== 'Enter') return;
                event.preventDefault();
                addTyped();
              }}
            />
            <button type="button" className="btn btn-sm" onClick={addTyped}>
              Add
            </button>
          </div>
        )}
        <footer>
          <span className="ddialog-count" aria-live="polite">
            {known ? (
              <b>
                {chosen.size} of {columns.length} columns
              </b>
            ) : (
              <b>{describe(selection)}</b>
            )}
            {known && <span className="text-secondary"> · {describe(selection)}</span>}
          </span>
          <button type="button" className="btn" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" className="btn btn-primary" disabled={readOnly}>
            Use these
          </button>
        </footer>
      </form>
    </dialog>
  );
}
