/** The frame of a setting: label, control, what is wrong, help, and the way back to the default. */
import type { ReactNode } from 'react';
import type { Problem } from '../api';
import type { Param } from '../graph/catalogue';
import { defaultText } from '../graph/params';
import { Icon } from '../nodes/Icon';

export type ControlProps = {
  param: Param;
  id: string;
  value: unknown;
  readOnly: boolean;
  invalid: boolean;
  describedBy: string;
  set(value: unknown): void;
};

type Props = {
  param: Param;
  id: string;
  message: string | null;
  problems: readonly Problem[];
  changed: boolean;
  readOnly: boolean;
  reset: () => void;
  children: ReactNode;
};

export function Field({ param, id, message, problems, changed, readOnly, reset, children }: Props) {
  const standard = defaultText(param);
  const own = problems.filter((problem) => problem.message !== message);
  return (
    <div className="dfield" data-param={param.name}>
      <div className="dfield-top">
        <label htmlFor={id} id={`${id}-label`}>
          {param.title}
          {!param.required && <span className="dfield-optional"> optional</span>}
        </label>
        {changed && !readOnly && (
          <button
            type="button"
            className="btn btn-sm btn-ghost-secondary dfield-reset"
            onClick={reset}
            title={standard ? `Back to the default: ${standard}` : 'Back to the default'}
          >
            <Icon name="ti-rotate" /> Reset to default
          </button>
        )}
      </div>
      {children}
      <div id={`${id}-notes`}>
        {message && (
          <div className="dfield-problem" role="alert">
            <Icon name="ti-alert-triangle" /> {message}
          </div>
        )}
        {own.map((problem) => (
          <div
            key={problem.code + problem.message}
            className={problem.severity === 'error' ? 'dfield-problem' : 'dfield-warning'}
          >
            <Icon name={problem.severity === 'error' ? 'ti-alert-triangle' : 'ti-info-circle'} /> {problem.message}
          </div>
        ))}
        {(param.help || standard) && (
          <div className="dfield-help">
            {param.help} {standard && <span className="text-nowrap">Default: {standard}.</span>}
          </div>
        )}
      </div>
    </div>
  );
}
