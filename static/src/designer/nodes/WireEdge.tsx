/** A wire: how many rows ran through it, and a plus to put a node into it. */
import { BaseEdge, type EdgeProps, getBezierPath } from '@xyflow/react';
import { memo } from 'react';
import { number } from '../../app/format';
import type { FlowEdge } from '../store/flow';
import { type Studio, studio, useStudio } from '../store';

const rowsOf =
  (id: string, port: string) =>
  (state: Studio): number | null => {
    if (state.preview) return null;
    const output = state.states[id]?.outputs.find((candidate) => candidate.port === port);
    return output?.type === 'table' ? (output.summary.rows ?? null) : null;
  };
const stateOf =
  (id: string) =>
  (state: Studio): string => {
    const node = state.preview ? undefined : state.states[id];
    if (!node) return 'empty';
    if (node.status === 'completed') return node.stale ? 'stale' : 'filled';
    return node.status === 'running' ? 'active' : 'empty';
  };
const isDropTarget =
  (id: string) =>
  (state: Studio): boolean =>
    state.dropEdge === id;
const editable = (state: Studio): boolean => state.canEdit && !state.preview && state.connecting === null;

export const WireEdge = memo(function WireEdge(props: EdgeProps<FlowEdge>) {
  const { id, source, sourceHandleId, selected, data } = props;
  const rows = useStudio(rowsOf(source, sourceHandleId ?? ''));
  const state = useStudio(stateOf(source));
  const target = useStudio(isDropTarget(id));
  const canEdit = useStudio(editable);
  const [path, x, y] = getBezierPath(props);
  const insert = (event: React.MouseEvent): void => {
    event.stopPropagation();
    if (data) studio().show({ kind: 'insert', edge: data.doc, screen: { x: event.clientX, y: event.clientY } });
  };
  return (
    <g className={`dwire is-${state}${selected ? ' is-selected' : ''}${target ? ' is-drop' : ''}`}>
      <BaseEdge id={id} path={path} interactionWidth={22} />
      {rows !== null && (
        <text className="dwire-rows" x={x} y={y} dy={canEdit && selected ? 26 : 4} textAnchor="middle">
          {number(rows)} rows
        </text>
      )}
      {canEdit && (
        <g
          className="dwire-plus"
          transform={`translate(${x} ${y})`}
          onClick={insert}
          role="button"
          aria-label="Insert a node here"
        >
          <title>Insert a node here</title>
          <circle r="10" />
          <path d="M-4.5 0H4.5M0 -4.5V4.5" />
        </g>
      )}
    </g>
  );
});
