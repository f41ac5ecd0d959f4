/** Tidy-up: a layered drawing from top to bottom. The computation is elk's; here is what it is told and what it says. */
import { type Catalogue, componentOf } from './catalogue';
import type { GraphDoc } from './document';
import type { Point } from './edits';
import { heightOf, WIDTH } from './place';

export type ElkNode = {
  id: string;
  x?: number;
  y?: number;
  width?: number;
  height?: number;
  layoutOptions?: Record<string, string>;
  ports?: { id: string; width: number; height: number; layoutOptions: Record<string, string> }[];
  children?: ElkNode[];
  edges?: { id: string; sources: string[]; targets: string[] }[];
};

export type Engine = (graph: ElkNode) => Promise<ElkNode>;

/** `only`: tidy these nodes and leave the others where they are; all where it is left out. */
export function toElk(graph: GraphDoc, catalogue: Catalogue, only?: ReadonlySet<string>): ElkNode {
  const nodes = graph.nodes.filter((node) => !only || only.has(node.id));
  const there = new Set(nodes.map((node) => node.id));
  return {
    id: 'root',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': 'DOWN',
      'elk.layered.spacing.nodeNodeBetweenLayers': '70',
      'elk.spacing.nodeNode': '50',
      'elk.spacing.componentComponent': '90',
      'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
      // Parts that lie left stay left: a person finds their drawing again.
      'elk.layered.considerModelOrder.strategy': 'PREFER_NODES',
    },
    children: [...nodes]
      .sort((one, other) => one.x - other.x)
      .map((node) => {
        const component = componentOf(catalogue, graph, node);
        const port = (side: string) => (name: string, index: number) => ({
          id: `${node.id}.${side}.${name}`,
          width: 1,
          height: 1,
          // elk counts ports clockwise: along the lower edge from right to left.
          layoutOptions: { 'elk.port.side': side, 'elk.port.index': String(side === 'SOUTH' ? -index : index) },
        });
        return {
          id: node.id,
          width: WIDTH,
          height: heightOf(node),
          layoutOptions: { 'elk.portConstraints': 'FIXED_ORDER' },
          ports: [
            ...component.inputs.map((input) => input.name).map(port('NORTH')),
            ...component.outputs.map((output) => output.name).map(port('SOUTH')),
          ],
        };
      }),
    edges: graph.edges
      .filter((edge) => there.has(edge.source) && there.has(edge.target))
      .map((edge, index) => ({
        id: `e${index}`,
        sources: [`${edge.source}.SOUTH.${edge.source_port}`],
        targets: [`${edge.target}.NORTH.${edge.target_port}`],
      })),
  };
}

/** New positions. The drawing's upper left corner stays where it was, so the view does not leap. */
export async function tidy(
  graph: GraphDoc,
  catalogue: Catalogue,
  engine: Engine,
  only?: ReadonlySet<string>,
): Promise<Map<string, Point>> {
  const laid = (await engine(toElk(graph, catalogue, only))).children ?? [];
  if (!laid.length) return new Map();
  const before = graph.nodes.filter((node) => !only || only.has(node.id));
  const dx = Math.min(...before.map((node) => node.x)) - Math.min(...laid.map((node) => node.x ?? 0));
  const dy = Math.min(...before.map((node) => node.y)) - Math.min(...laid.map((node) => node.y ?? 0));
  return new Map(laid.map((node) => [node.id, { x: (node.x ?? 0) + dx, y: (node.y ?? 0) + dy }]));
}
