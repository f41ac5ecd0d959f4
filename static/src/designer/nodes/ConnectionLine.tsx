/** The wire being drawn. Over a port that does not fit it says why. */
import { type ConnectionLineComponentProps, getBezierPath } from '@xyflow/react';
import { whyNot, wire } from '../graph/ports';
import type { FlowNode } from '../store/flow';
import { studio } from '../store';

export function ConnectionLine(props: ConnectionLineComponentProps<FlowNode>) {
  const { fromX, fromY, toX, toY, fromPosition, toPosition, connectionStatus, toHandle } = props;
  const [path] = getBezierPath({
    sourceX: fromX,
    sourceY: fromY,
    sourcePosition: fromPosition,
    targetX: toX,
    targetY: toY,
    targetPosition: toPosition,
  });
  const why = toHandle && connectionStatus === 'invalid' ? reason(toHandle.nodeId, toHandle.id ?? '') : null;
  return (
    <g className={`dline ${connectionStatus ?? ''}`}>
      <path d={path} fill="none" />
      <circle cx={toX} cy={toY} r={4} />
      {why && (
        <foreignObject x={toX + 14} y={toY - 10} width={260} height={90} className="dline-why">
          <div>{why}</div>
        </foreignObject>
      )}
    </g>
  );
}

function reason(node: string, port: string): string | null {
  const { connecting, graph, catalogue } = studio();
  if (!connecting) return null;
  const side = connecting.from.side === 'output' ? 'input' : 'output';
  if (node === connecting.from.node && port === connecting.from.port) return null;
  return whyNot(graph, catalogue, wire(connecting.from, { node, port, side })) ?? null;
}
