/** Several columns: said in a line here, chosen in a dialog. */
import { useState } from 'react';
import type { Schema } from '../api';
import { absent, describe, isEmpty, readSelection, selected } from '../graph/columns';
import { Icon } from '../nodes/Icon';
import { ColumnsDialog } from './ColumnsDialog';
import type { ControlProps } from './Field';

export function ColumnsControl({
  param,
  id,
  value,
  set,
  readOnly,
  invalid,
  describedBy,
  schema,
}: ControlProps & { schema: Schema | undefined }) {
  const [open, setOpen] = useState(false);
  const selection = readSelection(value);
  const known = schema?.type === 'table' && schema.known !== false;
  const columns = schema?.columns ?? [];
  const chosen = known ? selected(selection, columns, param.kinds) : [];
  const gone = known ? absent(selection, columns) : [];
  return (
    <>
      <button
        id={id}
        type="button"
        className={`form-control text-start dcolumns ${invalid ? 'is-invalid' : ''}`}
        aria-describedby={describedBy}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <span className="text-truncate">{describe(selection)}</span>
        {known && !isEmpty(selection) && (
          <span className="badge bg-secondary-lt ms-auto">
            {chosen.length} of {columns.length}
          </span>
        )}
        <Icon name="ti-selector" />
      </button>
      {gone.length > 0 && (
        <div className="dfield-warning">
          <Icon name="ti-info-circle" /> Not among the columns that arrive: {gone.slice(0, 5).join(', ')}
          {gone.length > 5 && ` and ${gone.length - 5} more`}.
        </div>
      )}
      {open && (
        <ColumnsDialog
          title={param.title}
          selection={selection}
          columns={columns}
          known={known}
          kinds={param.kinds}
          readOnly={readOnly}
          close={() => {
            setOpen(false);
            document.getElementById(id)?.focus();
          }}
          take={set}
        />
      )}
    </>
  );
}
