/** What may be placed on the canvas, as the server describes it. */
import { edgesInto, edgesOutOf, type GraphDoc, type NodeDoc } from './document';

export type Port = { name: string; type: string; title: string; required?: boolean };

export type Param = {
  name: string;
  kind: 'text' | 'multiline' | 'code' | 'integer' | 'number' | 'boolean' | 'choice' | 'column' | 'columns' | 'asset';
  title: string;
  default: unknown;
  required: boolean;
  help: string;
  min: number | null;
  max: number | null;
  choices: { value: string; title: string }[];
  port: string;
  kinds: string[];
  language: string;
  when: Record<string, unknown[]>;
};

export type Component = {
  id: string;
  version: number;
  title: string;
  family: string;
  description: string;
  help: string;
  keywords: string[];
  inputs: Port[];
  outputs: Port[];
  params: Param[];
};

export type CatalogueJson = { components: Component[]; types: Record<string, string> };

export type Catalogue = {
  readonly components: readonly Component[];
  readonly byId: ReadonlyMap<string, Component>;
  readonly types: Readonly<Record<string, string>>;
};

export const ANY = 'any';
export const DATA = 'data';

export function readCatalogue(json: CatalogueJson): Catalogue {
  return {
    components: json.components,
    byId: new Map(json.components.map((component) => [component.id, component])),
    types: json.types,
  };
}

/** A wire is legal where the types are equal or the input takes anything. The same rule stands in the server. */
export const fits = (source: string, target: string): boolean => source === target || target === ANY;

export const typeTitle = (catalogue: Catalogue, type: string): string => catalogue.types[type] ?? type;

/** The component of a node. One that this studio does not know is stood in for, with the ports its wires use. */
export function componentOf(catalogue: Catalogue, graph: GraphDoc, node: NodeDoc): Component {
  return catalogue.byId.get(node.component) ?? unknown(graph, node);
}

export const isKnown = (catalogue: Catalogue, node: NodeDoc): boolean => catalogue.byId.has(node.component);

function unknown(graph: GraphDoc, node: NodeDoc): Component {
  const ports = (names: string[]): Port[] =>
    [...new Set(names)].map((name) => ({ name, type: ANY, title: name, required: false }));
  return {
    id: node.component,
    version: node.version,
    title: node.component,
    family: '',
    description: 'This studio has no such component.',
    help: '',
    keywords: [],
    inputs: ports(edgesInto(graph, node.id).map((edge) => edge.target_port)),
    outputs: ports(edgesOutOf(graph, node.id).map((edge) => edge.source_port)),
    params: [],
  };
}
