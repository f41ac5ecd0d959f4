/** React Flow, told what may be done and what was done. */
import {
  Background,
  type Connection,
  ConnectionMode,
  type FinalConnectionState,
  MiniMap,
  type NodeMouseHandler,
  type OnConnectStartParams,
  ReactFlow,
  SelectionMode,
} from '@xyflow/react';
import { memo, useCallback, useEffect, useRef } from 'react';
import type { EdgeDoc } from '../graph/document';
import { disconnect } from '../graph/edits';
import { edgeId } from '../graph/document';
import { type End, opposite, typeOf, whyNot, wire } from '../graph/ports';
import { ComponentNode } from '../nodes/ComponentNode';
import { ConnectionLine } from '../nodes/ConnectionLine';
import { WireEdge } from '../nodes/WireEdge';
import type { FlowEdge, FlowNode } from '../store/flow';
import { type Studio, studio, useStudio, useStudioShallow } from '../store';
import { dropHandlers } from './dropping';
import { centreOn, reveal, setInstance, toCanvas } from './instance';
import { pointOf } from './pointer';

const nodeTypes = { component: ComponentNode };
const edgeTypes = { wire: WireEdge };
const noKeys = null;
const fitOptions = { padding: 0.15, maxZoom: 1 };
const panButtons = [1, 2];

const drawn = (state: Studio) => ({
  nodes: state.nodes,
  edges: state.edges,
  tool: state.tool,
  roomy: state.open === null,
  canEdit: state.canEdit && !state.preview,
  preview: state.preview?.revision ?? null,
});
const centreOf = (state: Studio) => state.centre;
const isConnecting = (state: Studio) => state.connecting !== null;

/** Beyond this many nodes, those out of sight are not kept in the document at all. */
const MANY = 400;
/** Below this zoom nobody can read a status line, so none is painted. */
const FAR = 0.45;

export const Canvas = memo(function Canvas() {
  const { nodes, edges, tool, roomy, canEdit, preview } = useStudioShallow(drawn);
  const centre = useStudio(centreOf);
  const connecting = useStudio(isConnecting);
  const frame = useRef<HTMLDivElement>(null);
  const moved = useRef<EdgeDoc | null>(null); // the wire whose end is being dragged
  const rewired = useRef(false);

  useEffect(() => {
    if (centre) centreOn(centre.node);
  }, [centre]);
  useEffect(() => () => setInstance(null), []);

  const isValid = useCallback((connection: FlowEdge | Connection): boolean => {
    const { graph, catalogue } = studio();
    const without = moved.current ? disconnect(graph, new Set([edgeId(moved.current)])) : graph;
    return whyNot(without, catalogue, toEdge(connection)) === null;
  }, []);

  const onConnectStart = useCallback((_: unknown, params: OnConnectStartParams) => {
    const from = startOf(params);
    if (from) studio().startConnecting(from, moved.current ?? undefined);
  }, []);

  const onConnectEnd = useCallback((event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    const { connecting: now, startConnecting } = studio();
    startConnecting(null);
    if (moved.current || !now || state.isValid || !state.fromHandle) return;
    letGo(event, now.from, now.open);
  }, []);

  const onReconnectEnd = useCallback((_: unknown, edge: FlowEdge) => {
    studio().startConnecting(null);
    // Pulled off its port and let go over nothing: the wire is gone, and one undo brings it back.
    if (!rewired.current && edge.data) {
      const id = edge.id;
      studio().edit('remove a wire', (graph) => disconnect(graph, new Set([id])));
    }
    moved.current = null;
  }, []);

  const onMove = useCallback((_: unknown, { zoom }: { zoom: number }) => {
    frame.current?.classList.toggle('is-far', zoom < FAR);
  }, []);
  // Painted once into a layer and moved by the compositor; sharp again as soon as it rests.
  const onMoveStart = useCallback(() => frame.current?.classList.add('is-moving'), []);
  const onMoveEnd = useCallback(() => frame.current?.classList.remove('is-moving'), []);

  return (
    <div
      ref={frame}
      className={`designer-canvas${connecting ? ' is-connecting' : ''}${preview ? ' is-preview' : ''} tool-${tool}`}
      tabIndex={-1}
      onFocus={chooseFocused}
      {...dropHandlers}
    >
      <ReactFlow<FlowNode, FlowEdge>
        key={preview ?? 'draft'}
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onInit={setInstance}
        onNodesChange={studio().onNodesChange}
        onEdgesChange={studio().onEdgesChange}
        onNodeDragStop={settle}
        onSelectionDragStop={settle}
        onConnect={connect}
        onConnectStart={onConnectStart}
        onConnectEnd={onConnectEnd}
        onReconnectStart={(_, edge) => {
          moved.current = edge.data?.doc ?? null;
          rewired.current = false;
        }}
        onReconnect={(edge, connection) => {
          rewired.current = true;
          if (edge.data) studio().reconnect(edge.data.doc, toEdge(connection));
        }}
        onReconnectEnd={onReconnectEnd}
        isValidConnection={isValid}
        connectionLineComponent={ConnectionLine}
        connectionMode={ConnectionMode.Strict}
        connectionRadius={28}
        onNodeDoubleClick={openNode}
        onNodeClick={followWithPanel}
        onNodeContextMenu={nodeMenu}
        onEdgeContextMenu={edgeMenu}
        onPaneContextMenu={paneMenu}
        onSelectionContextMenu={selectionMenu}
        onMove={onMove}
        onMoveStart={onMoveStart}
        onMoveEnd={onMoveEnd}
        nodesDraggable={canEdit}
        nodesConnectable={canEdit}
        edgesReconnectable={canEdit}
        reconnectRadius={14}
        edgesFocusable={false}
        disableKeyboardA11y
        deleteKeyCode={noKeys}
        selectionKeyCode="Shift"
        multiSelectionKeyCode={multiKeys}
        selectionMode={SelectionMode.Partial}
        selectionOnDrag={tool === 'select'}
        panOnDrag={tool === 'select' ? panButtons : true}
        panOnScroll
        panOnScrollSpeed={1}
        zoomOnDoubleClick={false}
        minZoom={0.05}
        maxZoom={2}
        snapToGrid
        snapGrid={grid}
        onlyRenderVisibleElements={nodes.length > MANY}
        nodeDragThreshold={3}
        fitView={nodes.length > 0}
        fitViewOptions={fitOptions}
        elevateNodesOnSelect
        attributionPosition="bottom-left"
        proOptions={pro}
        aria-label="Canvas"
      >
        <Background gap={20} size={1} />
        {roomy && <MiniMap<FlowNode> pannable zoomable nodeColor={mapColour} ariaLabel="Map of the canvas" />}
      </ReactFlow>
    </div>
  );
});

const multiKeys = ['Shift', 'Meta', 'Control'];
const grid: [number, number] = [10, 10];
// The library is named in the README's list; its licence leaves the mark on the canvas to us.
const pro = { hideAttribution: true };

/** Who walks with Tab chooses what is walked to; a click chooses by itself. */
function chooseFocused({ target }: React.FocusEvent): void {
  const id =
    target instanceof HTMLElement && target.matches('.react-flow__node:focus-visible') ? target.dataset.id : undefined;
  if (!id || studio().nodes.find((node) => node.id === id)?.selected) return;
  studio().select([id]);
  reveal(id);
}

const settle = (): void => studio().settle();
const connect = (connection: Connection): void => void studio().connect(toEdge(connection));
const openNode: NodeMouseHandler<FlowNode> = (_, node) => {
  if (!studio().preview) studio().openNode(node.id);
};
/** With the panel open, a click on another node shows that one. */
const followWithPanel: NodeMouseHandler<FlowNode> = (event, node) => {
  const { open, preview } = studio();
  if (open && open !== node.id && !preview && !event.shiftKey && !event.ctrlKey && !event.metaKey)
    studio().openNode(node.id);
};

const nodeMenu: NodeMouseHandler<FlowNode> = (event, node) => {
  event.preventDefault();
  if (!node.selected) studio().select([node.id]);
  studio().show({ kind: 'node', node: node.id, screen: { x: event.clientX, y: event.clientY } });
};
const selectionMenu = (event: React.MouseEvent, nodes: FlowNode[]): void => {
  event.preventDefault();
  if (nodes[0]) studio().show({ kind: 'node', node: nodes[0].id, screen: { x: event.clientX, y: event.clientY } });
};
const edgeMenu = (event: React.MouseEvent, edge: FlowEdge): void => {
  event.preventDefault();
  studio().select([], [edge.id]);
  if (edge.data) studio().show({ kind: 'edge', edge: edge.data.doc, screen: { x: event.clientX, y: event.clientY } });
};
const paneMenu = (event: React.MouseEvent | MouseEvent): void => {
  event.preventDefault();
  const screen = { x: event.clientX, y: event.clientY };
  studio().show({ kind: 'canvas', screen, at: toCanvas(screen) });
};

function startOf({ nodeId, handleId, handleType }: OnConnectStartParams): End | null {
  if (!nodeId || !handleId) return null;
  return { node: nodeId, port: handleId, side: handleType === 'source' ? 'output' : 'input' };
}

const toEdge = (connection: FlowEdge | Connection): EdgeDoc => ({
  source: connection.source,
  source_port: connection.sourceHandle ?? '',
  target: connection.target,
  target_port: connection.targetHandle ?? '',
});

/** A wire let go: over a node it takes the port that suits, over nothing it asks what is to stand there. */
function letGo(event: MouseEvent | TouchEvent, from: End, open: Map<string, Set<string>>): void {
  const screen = pointOf(event);
  const under = document.elementFromPoint(screen.x, screen.y);
  const node = under?.closest<HTMLElement>('.react-flow__node')?.dataset.id;
  const { graph, catalogue } = studio();
  if (node) {
    if (node === from.node) return;
    const ports = [...(open.get(node) ?? [])];
    const port = under?.closest<HTMLElement>('.dport')?.dataset.port;
    // Aimed at one port: that one or none. Let go over the body: whichever suits.
    if (port && !ports.includes(port)) studio().connect(wire(from, { node, port, side: opposite(from.side) }));
    else if (ports.length === 1) studio().connect(wire(from, { node, port: ports[0]!, side: opposite(from.side) }));
    else if (ports.length > 1) studio().show({ kind: 'ports', from, node, screen });
    else studio().connect(wire(from, { node, port: firstPort(node, from), side: opposite(from.side) }));
    return;
  }
  if (!under?.closest('.react-flow__pane, .react-flow__edge, .react-flow__background')) return;
  if (typeOf(graph, catalogue, from) !== undefined) studio().show({ kind: 'wire', from, screen, at: toCanvas(screen) });
}

/** No port of the node fits: the refusal speaks of the first, which is more use than silence. */
function firstPort(node: string, from: End): string {
  const flowNode = studio().nodes.find((candidate) => candidate.id === node);
  const component = flowNode?.data.component;
  return (from.side === 'output' ? component?.inputs : component?.outputs)?.[0]?.name ?? '';
}

const STATES: Record<string, string> = {
  completed: 'var(--tblr-green)',
  running: 'var(--tblr-blue)',
  failed: 'var(--tblr-red)',
  errored: 'var(--tblr-red)',
};
const mapColour = (node: FlowNode): string => {
  const state = studio().states[node.id];
  return (state && !state.stale && STATES[state.status]) || 'var(--tblr-secondary)';
};
