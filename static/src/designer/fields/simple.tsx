/** Controls for text, numbers, switches and lists. */
import { useEffect, useRef, useState } from 'react';
import { parseNumber } from '../graph/params';
import type { ControlProps } from './Field';

const classOf = (base: string, invalid: boolean): string => `${base} ${invalid ? 'is-invalid' : ''}`;

export function TextControl({ id, value, set, readOnly, invalid, describedBy }: ControlProps) {
  return (
    <input
      id={id}
      className={classOf('form-control', invalid)}
      value={typeof value === 'string' ? value : ''}
      readOnly={readOnly}
      aria-invalid={invalid}
      aria-describedby={describedBy}
      maxLength={2000}
      onChange={(event) => set(event.target.value)}
    />
  );
}

export function MultilineControl({ id, value, set, readOnly, invalid, describedBy }: ControlProps) {
  const text = typeof value === 'string' ? value : '';
  return (
    <textarea
      id={id}
      className={classOf('form-control', invalid)}
      rows={Math.min(12, Math.max(3, text.split('\n').length + 1))}
      value={text}
      readOnly={readOnly}
      aria-invalid={invalid}
      aria-describedby={describedBy}
      onChange={(event) => set(event.target.value)}
    />
  );
}

/** What is typed stays as it is typed ("0.", "1e") while the setting gets the number it means. */
export function NumberControl({ param, id, value, set, readOnly, invalid, describedBy }: ControlProps) {
  const [text, setText] = useState(shown(value));
  const sent = useRef(value);
  useEffect(() => {
    // Undone, reset, or another node: not what was typed here.
    if (sent.current !== value) {
      sent.current = value;
      setText(shown(value));
    }
  }, [value]);
  return (
    <input
      id={id}
      className={classOf('form-control', invalid)}
      inputMode={param.kind === 'integer' ? 'numeric' : 'decimal'}
      value={text}
      readOnly={readOnly}
      aria-invalid={invalid}
      aria-describedby={describedBy}
      autoComplete="off"
      onChange={(event) => {
        setText(event.target.value);
        sent.current = parseNumber(event.target.value);
        set(sent.current);
      }}
      onKeyDown={(event) => {
        const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
        const now = parseNumber(text);
        if (!by || typeof now !== 'number' || readOnly) return;
        event.preventDefault();
        const size = param.kind === 'integer' ? 1 : stepOf(param.min, param.max);
        const next = clamp(Number((now + by * size).toPrecision(12)), param.min, param.max);
        setText(String(next));
        sent.current = next;
        set(next);
      }}
    />
  );
}

const shown = (value: unknown): string => (value === null || value === undefined ? '' : String(value));
const stepOf = (least: number | null, most: number | null): number =>
  least !== null && most !== null && most - least <= 2 ? 0.05 : 1;
const clamp = (value: number, least: number | null, most: number | null): number =>
  Math.min(most ?? Infinity, Math.max(least ?? -Infinity, value));

export function BooleanControl({ id, value, set, readOnly, describedBy }: ControlProps) {
  return (
    <label className="form-check form-switch m-0">
      <input
        id={id}
        type="checkbox"
        className="form-check-input"
        checked={value === true}
        disabled={readOnly}
        aria-describedby={describedBy}
        onChange={(event) => set(event.target.checked)}
      />
      <span className="form-check-label">{value === true ? 'On' : 'Off'}</span>
    </label>
  );
}

export function ChoiceControl({ param, id, value, set, readOnly, invalid, describedBy }: ControlProps) {
  const known = param.choices.some((choice) => choice.value === value);
  return (
    <select
      id={id}
      className={classOf('form-select', invalid)}
      value={known ? String(value) : ''}
      disabled={readOnly}
      aria-invalid={invalid}
      aria-describedby={describedBy}
      onChange={(event) => set(event.target.value || null)}
    >
      {(!known || !param.required) && (
        <option value="">{known || value == null ? 'Choose…' : `${String(value)} (no longer offered)`}</option>
      )}
      {param.choices.map((choice) => (
        <option key={choice.value} value={choice.value}>
          {choice.title}
        </option>
      ))}
    </select>
  );
}
