/** The settings of a node, each with its own control. */
import { useEffect, useRef } from 'react';
import type { Problem, Schema } from '../api';
import { AssetControl } from '../fields/AssetControl';
import { CodeControl } from '../fields/CodeControl';
import { ColumnControl } from '../fields/ColumnControl';
import { ColumnsControl } from '../fields/ColumnsControl';
import { type ControlProps, Field } from '../fields/Field';
import { BooleanControl, ChoiceControl, MultilineControl, NumberControl, TextControl } from '../fields/simple';
import type { Component, Param } from '../graph/catalogue';
import type { NodeDoc } from '../graph/document';
import { applies, complaint, isDefault, same, valueOf } from '../graph/params';
import { Icon } from '../nodes/Icon';
import { type Studio, studio, useStudio } from '../store';

const NO_PROBLEMS: Problem[] = [];
const problemsOf =
  (id: string) =>
  (state: Studio): Problem[] =>
    state.byNode[id] ?? NO_PROBLEMS;
const inputsOf =
  (id: string) =>
  (state: Studio): Record<string, Schema> | undefined =>
    state.schemas[id]?.inputs;
const pendingOf = (state: Studio): boolean => state.checked !== state.graph && state.checkFailed === null;
const focusOf = (state: Studio) => state.focusParam;

export function Settings({ node, component, readOnly }: { node: NodeDoc; component: Component; readOnly: boolean }) {
  const problems = useStudio(problemsOf(node.id));
  const inputs = useStudio(inputsOf(node.id));
  const pending = useStudio(pendingOf);
  const focus = useStudio(focusOf);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!focus) return;
    const field = place.current?.querySelector<HTMLElement>(`[data-param="${CSS.escape(focus)}"]`);
    field?.scrollIntoView({ block: 'center' });
    field?.querySelector<HTMLElement>('input, select, textarea, button.form-control, .cm-content')?.focus();
  }, [focus, node.id]);

  const shown = component.params.filter((param) => applies(param, node.params, component.params));
  const names = new Set(shown.map((param) => param.name));
  const general = problems.filter((problem) => !problem.param || !names.has(problem.param));
  return (
    <div className="dsettings" ref={place}>
      <p className="dsettings-about">{component.description}</p>
      {general.map((problem) => (
        <div
          key={problem.code + problem.message}
          className={problem.severity === 'error' ? 'dfield-problem' : 'dfield-warning'}
        >
          <Icon name={problem.severity === 'error' ? 'ti-alert-triangle' : 'ti-info-circle'} /> {problem.message}
        </div>
      ))}
      {shown.map((param) => (
        <Setting
          key={`${node.id} ${param.name}`}
          node={node}
          param={param}
          schema={inputs?.[param.port]}
          problems={problems.filter((problem) => problem.param === param.name)}
          readOnly={readOnly}
          pending={pending}
        />
      ))}
      {component.params.length === 0 && <p className="text-secondary">Nothing to set here.</p>}
      {component.help && (
        <details className="dsettings-help">
          <summary>About {component.title}</summary>
          {component.help.split(/\n\s*\n/).map((paragraph, index) => (
            <p key={index}>{paragraph}</p>
          ))}
        </details>
      )}
      <CommentField node={node} readOnly={readOnly} />
    </div>
  );
}

type SettingProps = {
  node: NodeDoc;
  param: Param;
  schema: Schema | undefined;
  problems: Problem[];
  readOnly: boolean;
  pending: boolean;
};

function Setting({ node, param, schema, problems, readOnly, pending }: SettingProps) {
  const id = `setting-${node.id}-${param.name}`;
  const value = valueOf(param, node.params);
  const said = complaint(param, value);
  // "Needed" is said by the server's check as well, and calmer: a new node is not yet a mistake.
  const errors = problems.filter((problem) => problem.severity === 'error');
  const message = said && errors.length === 0 ? said : null;
  const set = (next: unknown): void =>
    studio().setParam(node.id, param.name, same(next, param.default) ? undefined : next);
  const props: ControlProps & { schema: Schema | undefined; pending: boolean } = {
    param,
    id,
    value,
    readOnly,
    set,
    schema,
    pending,
    invalid: message !== null || errors.length > 0,
    describedBy: `${id}-notes`,
  };
  return (
    <Field
      param={param}
      id={id}
      message={message}
      problems={problems}
      changed={!isDefault(param, node.params)}
      readOnly={readOnly}
      reset={() => studio().setParam(node.id, param.name, undefined)}
    >
      <Control {...props} />
    </Field>
  );
}

function Control(props: ControlProps & { schema: Schema | undefined; pending: boolean }) {
  const { schema, pending, ...plain } = props;
  switch (plain.param.kind) {
    case 'multiline':
      return <MultilineControl {...plain} />;
    case 'code':
      return <CodeControl {...plain} />;
    case 'integer':
    case 'number':
      return <NumberControl {...plain} />;
    case 'boolean':
      return <BooleanControl {...plain} />;
    case 'choice':
      return <ChoiceControl {...plain} />;
    case 'column':
      return <ColumnControl {...plain} schema={schema} pending={pending} />;
    case 'columns':
      return <ColumnsControl {...plain} schema={schema} />;
    case 'asset':
      return <AssetControl {...plain} />;
    default:
      return <TextControl {...plain} />;
  }
}

function CommentField({ node, readOnly }: { node: NodeDoc; readOnly: boolean }) {
  const id = `comment-${node.id}`;
  return (
    <div className="dfield">
      <div className="dfield-top">
        <label htmlFor={id}>
          Comment <span className="dfield-optional"> shown on the node</span>
        </label>
      </div>
      <textarea
        id={id}
        className="form-control"
        rows={2}
        maxLength={2000}
        value={node.comment}
        readOnly={readOnly}
        onChange={(event) => studio().setComment(node.id, event.target.value)}
      />
    </div>
  );
}
