/** Where a wire may run, and where not and why. */
import { type Catalogue, componentOf, type Component, fits, type Port, typeTitle } from './catalogue';
import { type EdgeDoc, edgeId, edgesInto, type GraphDoc, nodeOf } from './document';

export type Side = 'output' | 'input';
export type End = { node: string; port: string; side: Side };

/** The reason, as a sentence, why this wire may not be drawn; null where it may. */
export function whyNot(graph: GraphDoc, catalogue: Catalogue, edge: EdgeDoc): string | null {
  const source = nodeOf(graph, edge.source);
  const target = nodeOf(graph, edge.target);
  if (!source || !target) return 'One of the two nodes is gone.';
  if (source.id === target.id) return 'A node cannot feed itself.';
  const output = componentOf(catalogue, graph, source).outputs.find((port) => port.name === edge.source_port);
  const input = componentOf(catalogue, graph, target).inputs.find((port) => port.name === edge.target_port);
  if (!output || !input) return 'A wire runs from an output to an input.';
  if (!fits(output.type, input.type)) {
    return `“${input.title}” of ${target.title} takes ${a(typeTitle(catalogue, input.type))}, not ${a(typeTitle(catalogue, output.type))}.`;
  }
  if (graph.edges.some((other) => edgeId(other) === edgeId(edge))) return 'This wire is already there.';
  if (edgesInto(graph, target.id, input.name).length > 0)
    return `“${input.title}” of ${target.title} already has a wire.`;
  if (reaches(graph, target.id, source.id))
    return `${target.title} already feeds ${source.title}; that would be a circle.`;
  return null;
}

/** Whether something that leaves `from` arrives, over any number of wires, at `to`. */
export function reaches(graph: GraphDoc, from: string, to: string): boolean {
  const next = new Map<string, string[]>();
  for (const edge of graph.edges) next.set(edge.source, [...(next.get(edge.source) ?? []), edge.target]);
  const seen = new Set<string>();
  const waiting = [from];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (id === to) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    waiting.push(...(next.get(id) ?? []));
  }
  return false;
}

/** The nodes that feed `id`, directly or not. */
export function upstream(graph: GraphDoc, id: string): Set<string> {
  const found = new Set<string>();
  const waiting = [id];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const edge of edgesInto(graph, at)) {
      if (!found.has(edge.source)) {
        found.add(edge.source);
        waiting.push(edge.source);
      }
    }
  }
  return found;
}

export const wire = (from: End, to: End): EdgeDoc =>
  from.side === 'output'
    ? { source: from.node, source_port: from.port, target: to.node, target_port: to.port }
    : { source: to.node, source_port: to.port, target: from.node, target_port: from.port };

export const opposite = (side: Side): Side => (side === 'output' ? 'input' : 'output');

export const portsOn = (component: Component, side: Side): Port[] =>
  side === 'output' ? component.outputs : component.inputs;

export function typeOf(graph: GraphDoc, catalogue: Catalogue, end: End): string | undefined {
  const node = nodeOf(graph, end.node);
  if (!node) return undefined;
  return portsOn(componentOf(catalogue, graph, node), end.side).find((port) => port.name === end.port)?.type;
}

/** Every port of every node: may a wire from `from` end there? Ports not named may not. Computed once per drag. */
export function openEnds(graph: GraphDoc, catalogue: Catalogue, from: End): Map<string, Set<string>> {
  const open = new Map<string, Set<string>>();
  const type = typeOf(graph, catalogue, from);
  if (type === undefined) return open;
  const circular = from.side === 'output' ? upstream(graph, from.node) : downstream(graph, from.node);
  const taken = new Set(graph.edges.map((edge) => `${edge.target}.${edge.target_port}`));
  if (from.side === 'input' && taken.has(`${from.node}.${from.port}`)) return open;
  const side = opposite(from.side);
  for (const node of graph.nodes) {
    if (node.id === from.node || circular.has(node.id)) continue;
    const ports = portsOn(componentOf(catalogue, graph, node), side).filter((port) =>
      from.side === 'output' ? fits(type, port.type) && !taken.has(`${node.id}.${port.name}`) : fits(port.type, type),
    );
    if (ports.length) open.set(node.id, new Set(ports.map((port) => port.name)));
  }
  return open;
}

function downstream(graph: GraphDoc, id: string): Set<string> {
  const found = new Set<string>();
  const waiting = [id];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const edge of graph.edges) {
      if (edge.source === at && !found.has(edge.target)) {
        found.add(edge.target);
        waiting.push(edge.target);
      }
    }
  }
  return found;
}

/** Components that a wire of `type` could be let go over, each with the port it would meet. */
export function partners(catalogue: Catalogue, type: string, from: Side): { component: Component; port: Port }[] {
  return catalogue.components.flatMap((component) => {
    const port = portsOn(component, opposite(from)).find((candidate) =>
      from === 'output' ? fits(type, candidate.type) : fits(candidate.type, type),
    );
    return port ? [{ component, port }] : [];
  });
}

export type Between = { component: Component; input: Port; output: Port };

/** Components that fit into a wire: what leaves its source goes in, and what comes out suits its target. */
export function insertable(graph: GraphDoc, catalogue: Catalogue, edge: EdgeDoc): Between[] {
  const source = typeOf(graph, catalogue, { node: edge.source, port: edge.source_port, side: 'output' });
  const target = typeOf(graph, catalogue, { node: edge.target, port: edge.target_port, side: 'input' });
  if (source === undefined || target === undefined) return [];
  return catalogue.components.flatMap((component) => {
    const input = component.inputs.find((port) => fits(source, port.type));
    const output = component.outputs.find((port) => fits(port.type, target));
    return input && output ? [{ component, input, output }] : [];
  });
}

const a = (title: string): string => `${/^[aeiou]/i.test(title) ? 'an' : 'a'} ${title.toLowerCase()}`;
