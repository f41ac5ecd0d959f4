/** Copy and paste as JSON text. What is pasted may come from anywhere, so it is read with suspicion. */
import { type EdgeDoc, type GraphDoc, NODE_ID, type NodeDoc } from './document';

export const KIND = 'atelier/graph';
const MOST_TEXT = 4_000_000;
const MOST_NODES = 2000;
const MOST_DEPTH = 12;

export const toText = (graph: GraphDoc): string =>
  JSON.stringify({ kind: KIND, format: 1, nodes: graph.nodes, edges: graph.edges }, null, 1);

export type Pasted = { graph: GraphDoc } | { refused: string };

/** The graph in `text`, or a sentence that says why there is none. */
export function fromText(text: string): Pasted {
  const refused = (why: string): Pasted => ({ refused: why });
  if (!text.trim()) return refused('The clipboard is empty: copy nodes first.');
  if (text.length > MOST_TEXT) return refused('The text in the clipboard is too large to be nodes.');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refused('The clipboard holds no nodes: copy nodes from a pipeline first.');
  }
  if (!isObject(json) || json.kind !== KIND)
    return refused('The clipboard holds no nodes: copy nodes from a pipeline first.');
  if (json.format !== 1) return refused('These nodes come from another version of the studio and cannot be read here.');
  if (!Array.isArray(json.nodes) || !Array.isArray(json.edges))
    return refused('The nodes in the clipboard are damaged.');
  if (json.nodes.length === 0) return refused('The clipboard holds no nodes: copy nodes from a pipeline first.');
  if (json.nodes.length > MOST_NODES) return refused(`At most ${MOST_NODES} nodes can be pasted at once.`);

  const nodes: NodeDoc[] = [];
  const ids = new Set<string>();
  for (const raw of json.nodes) {
    const node = readNode(raw);
    if (!node || ids.has(node.id)) return refused('The nodes in the clipboard are damaged.');
    ids.add(node.id);
    nodes.push(node);
  }
  const edges: EdgeDoc[] = [];
  const taken = new Set<string>();
  for (const raw of json.edges) {
    const edge = readEdge(raw);
    if (!edge || !ids.has(edge.source) || !ids.has(edge.target))
      return refused('The wires in the clipboard are damaged.');
    const end = `${edge.target}.${edge.target_port}`;
    if (taken.has(end)) return refused('The wires in the clipboard are damaged.');
    taken.add(end);
    edges.push(edge);
  }
  return { graph: { format: 1, nodes, edges } };
}

function readNode(raw: unknown): NodeDoc | null {
  if (!isObject(raw)) return null;
  const { id, component, version = 1, title = '', x, y, params = {}, comment = '' } = raw;
  if (typeof id !== 'string' || !NODE_ID.test(id)) return null;
  if (typeof component !== 'string' || !/^[a-z0-9-]{1,80}$/.test(component)) return null;
  if (typeof version !== 'number' || typeof title !== 'string' || typeof comment !== 'string') return null;
  if (typeof x !== 'number' || typeof y !== 'number' || !Number.isFinite(x) || !Number.isFinite(y)) return null;
  if (!isObject(params) || !isPlain(params, 0)) return null;
  return {
    id,
    component,
    version,
    title: title.slice(0, 120),
    x: within(x),
    y: within(y),
    params,
    comment: comment.slice(0, 2000),
  };
}

function readEdge(raw: unknown): EdgeDoc | null {
  if (!isObject(raw)) return null;
  const { source, source_port, target, target_port } = raw;
  const all = [source, source_port, target, target_port];
  if (!all.every((part) => typeof part === 'string' && part.length <= 80)) return null;
  return { source, source_port, target, target_port } as EdgeDoc;
}

/** JSON values only, no keys that reach into an object's prototype, not nested without end. */
function isPlain(value: unknown, depth: number): boolean {
  if (depth > MOST_DEPTH) return false;
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return true;
  if (Array.isArray(value)) return value.every((inner) => isPlain(inner, depth + 1));
  if (!isObject(value)) return false;
  return Object.entries(value).every(
    ([key, inner]) => !['__proto__', 'constructor', 'prototype'].includes(key) && isPlain(inner, depth + 1),
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const within = (value: number): number => Math.max(-1e6, Math.min(1e6, value));
