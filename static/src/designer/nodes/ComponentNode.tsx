/** A node: family icon, title, component, ports, and under them what it came to. */
import type { NodeProps } from '@xyflow/react';
import { memo } from 'react';
import type { FlowNode } from '../store/flow';
import { type Studio, useStudio } from '../store';
import { Icon } from './Icon';
import { NodeStatus } from './NodeStatus';
import { Ports } from './Ports';
import { Title } from './Title';
import { familyIcon } from './words';

const NONE: ReadonlySet<string> = new Set();

/** While a wire is drawn: the ports of this node where it may end; null while none is drawn. */
const openPorts =
  (id: string) =>
  (state: Studio): ReadonlySet<string> | 'self' | null => {
    if (!state.connecting) return null;
    if (state.connecting.from.node === id) return 'self';
    return state.connecting.open.get(id) ?? NONE;
  };
const sideOf = (state: Studio) => state.connecting?.from.side ?? null;
const failureOf =
  (id: string) =>
  (state: Studio): string | null => {
    const node = state.states[id];
    return node && (node.status === 'failed' || node.status === 'errored') && !node.stale
      ? (node.error?.message ?? null)
      : null;
  };
const toneOf =
  (id: string) =>
  (state: Studio): string => {
    if (state.preview) return 'idle';
    const node = state.states[id];
    return !node ? 'idle' : node.stale && node.status === 'completed' ? 'stale' : node.status;
  };
const troubled =
  (id: string) =>
  (state: Studio): boolean =>
    !state.preview && (state.byNode[id]?.some((problem) => problem.severity === 'error') ?? false);
const isOpen =
  (id: string) =>
  (state: Studio): boolean =>
    state.open === id;

/** "Split Data", "Split Data 2": the same words again below would say nothing; the title has both lines. */
const isOwnName = (title: string, component: string): boolean => title.replace(/ \d+$/, '') === component;

export const ComponentNode = memo(function ComponentNode({ id, data, selected }: NodeProps<FlowNode>) {
  const { doc, component, known } = data;
  const open = useStudio(openPorts(id));
  const side = useStudio(sideOf);
  const failure = useStudio(failureOf(id));
  const tone = useStudio(toneOf(id));
  const trouble = useStudio(troubled(id));
  const opened = useStudio(isOpen(id));
  const shut = open !== null && open !== 'self' && open.size === 0;
  const classes = [
    'dnode',
    `is-${tone}`,
    selected && 'is-selected',
    opened && 'is-open',
    trouble && 'has-problem',
    shut && 'is-shut',
    open !== null && open !== 'self' && !shut && 'is-target',
    !known && 'is-unknown',
  ];
  return (
    <div className={classes.filter(Boolean).join(' ')} data-family={component.family}>
      <Ports node={id} ports={component.inputs} side="input" open={side === 'output' ? open : side ? NONE : null} />
      <div className="dnode-head">
        <span className="dnode-icon">
          <Icon name={known ? familyIcon(component.family) : 'ti-help-hexagon'} />
        </span>
        <span className="dnode-names">
          <Title id={id} title={doc.title} />
          {!known && <span className="dnode-component">Unknown component {doc.component}</span>}
          {known && !isOwnName(doc.title, component.title) && (
            <span className="dnode-component">{component.title}</span>
          )}
        </span>
      </div>
      {doc.comment && (
        <div className="dnode-comment" title={doc.comment}>
          <Icon name="ti-message" /> {doc.comment}
        </div>
      )}
      <NodeStatus id={id} />
      <Ports node={id} ports={component.outputs} side="output" open={side === 'input' ? open : side ? NONE : null} />
      {failure && <div className="dnode-failure">{failure}</div>}
    </div>
  );
});
