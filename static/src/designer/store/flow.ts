/** The graph as React Flow wants it. What did not change keeps its identity, so that only changed nodes are drawn. */
import type { Edge, Node } from '@xyflow/react';
import { type Catalogue, type Component, componentOf, isKnown } from '../graph/catalogue';
import { type EdgeDoc, edgeId, type GraphDoc, type NodeDoc } from '../graph/document';
import { heightOf, WIDTH } from '../graph/place';

export type FlowNode = Node<{ doc: NodeDoc; component: Component; known: boolean }, 'component'>;
export type FlowEdge = Edge<{ doc: EdgeDoc }, 'wire'>;

export function drawNodes(
  old: readonly FlowNode[],
  graph: GraphDoc,
  catalogue: Catalogue,
  select?: ReadonlySet<string>,
): FlowNode[] {
  const before = new Map(old.map((node) => [node.id, node]));
  return graph.nodes.map((doc) => {
    const last = before.get(doc.id);
    const selected = select ? select.has(doc.id) : (last?.selected ?? false);
    const settled = last && (last.dragging || (last.position.x === doc.x && last.position.y === doc.y));
    const known = isKnown(catalogue, doc);
    if (last && settled && last.data.doc === doc && (last.selected ?? false) === selected && known) return last;
    const height = heightOf(doc);
    return {
      ...last,
      id: doc.id,
      type: 'component' as const,
      position: { x: doc.x, y: doc.y },
      width: WIDTH,
      height,
      selected,
      data: { doc, component: componentOf(catalogue, graph, doc), known },
    };
  });
}

export function drawEdges(old: readonly FlowEdge[], graph: GraphDoc, select?: ReadonlySet<string>): FlowEdge[] {
  const before = new Map(old.map((edge) => [edge.id, edge]));
  return graph.edges.map((doc) => {
    const id = edgeId(doc);
    const last = before.get(id);
    const selected = select ? select.has(id) : (last?.selected ?? false);
    if (last && (last.selected ?? false) === selected) return last;
    return {
      id,
      type: 'wire' as const,
      source: doc.source,
      sourceHandle: doc.source_port,
      target: doc.target,
      targetHandle: doc.target_port,
      selected,
      data: { doc },
    };
  });
}
