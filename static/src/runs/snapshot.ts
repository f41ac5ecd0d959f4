/** The code a run was made of, as texts by name: from its graph, or from the files that were logged with it. Pure. */

import type { Components, Graph } from './graph';

export interface Piece {
  name: string;
  title: string;
  language: string;
  /** Null where it has to be fetched. */
  text: string | null;
}

interface FullNode {
  id: string;
  component: string;
  title: string;
  comment?: string;
  params?: Record<string, unknown>;
}

const LANGUAGES: Record<string, string> = { script: 'python', python: 'python', code: 'python', sql: 'sql', query: 'sql' };
const WRITTEN = /\n/;

/** Each script and query of the graph by itself, and all settings as one text in the order of the names. */
export function piecesOfGraph(graph: Graph | null, components: Components): Piece[] {
  const nodes = (graph?.nodes ?? []) as unknown as FullNode[];
  const pieces: Piece[] = [];
  for (const node of nodes) {
    for (const [key, value] of Object.entries(node.params ?? {})) {
      if (typeof value !== 'string' || !(key in LANGUAGES || WRITTEN.test(value)) || !value.trim()) continue;
      pieces.push({ name: `node/${node.id}/${key}`, title: `${node.title || node.component} · ${key}`, language: LANGUAGES[key] ?? '', text: value });
    }
  }
  if (nodes.length) pieces.unshift({ name: 'settings', title: 'Settings of all nodes', language: 'yaml', text: settingsText(nodes, graph!.edges, components) });
  return pieces;
}

/** Readable, and the same for the same graph however it lies on the canvas. */
function settingsText(nodes: FullNode[], edges: Graph['edges'], components: Components): string {
  const titles = new Map(nodes.map((node) => [node.id, node.title || node.component]));
  const blocks = [...nodes]
    .sort((a, b) => (a.title || a.id).localeCompare(b.title || b.id) || a.id.localeCompare(b.id))
    .map((node) => {
      const settings = Object.entries(node.params ?? {})
        .filter(([, value]) => value !== null && value !== undefined && value !== '' && !(typeof value === 'string' && WRITTEN.test(value)))
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`);
      const inputs = edges
        .filter((edge) => edge.target === node.id)
        .map((edge) => `  <- ${edge.target_port}: ${titles.get(edge.source) ?? edge.source} / ${edge.source_port}`)
        .sort();
      return [`${node.title || node.component}:  # ${components[node.component]?.title ?? node.component}`, ...inputs, ...settings].join('\n');
    });
  return `${blocks.join('\n\n')}\n`;
}

export function piecesOfFiles(paths: readonly string[]): Piece[] {
  return paths.map((path) => ({ name: path, title: path.replace(/^code\//, ''), language: languageOf(path), text: null }));
}

export function languageOf(path: string): string {
  const ending = path.toLowerCase().split('.').at(-1) ?? '';
  return { py: 'python', sql: 'sql', json: 'json', yaml: 'yaml', yml: 'yaml', md: 'markdown', ipynb: 'notebook' }[ending] ?? '';
}

export type Mark = 'same' | 'changed' | 'new' | 'gone';

/** What is in one snapshot and the other, by name; `same` only where both texts are known. */
export function compared(now: readonly Piece[], before: readonly Piece[]): { piece: Piece; other: Piece | null; mark: Mark }[] {
  const known = new Map(before.map((piece) => [piece.name, piece]));
  const rows = now.map((piece): { piece: Piece; other: Piece | null; mark: Mark } => {
    const other = known.get(piece.name) ?? null;
    if (!other) return { piece, other, mark: 'new' };
    return { piece, other, mark: piece.text !== null && piece.text === other.text ? 'same' : 'changed' };
  });
  const names = new Set(now.map((piece) => piece.name));
  for (const piece of before) if (!names.has(piece.name)) rows.push({ piece: { ...piece, text: '' }, other: piece, mark: 'gone' });
  return rows;
}
