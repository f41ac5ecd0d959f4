/** Small catalogues and graphs for tests. */
import { type Component, type Param, readCatalogue } from './catalogue';
import type { EdgeDoc, GraphDoc, NodeDoc } from './document';

export const param = (name: string, kind: Param['kind'], fields: Partial<Param> = {}): Param => ({
  name,
  kind,
  title: name,
  default: null,
  required: true,
  help: '',
  min: null,
  max: null,
  choices: [],
  port: '',
  kinds: [],
  language: '',
  when: {},
  ...fields,
});

const component = (id: string, inputs: string[], outputs: string[], fields: Partial<Component> = {}): Component => {
  const ports = (texts: string[]) =>
    texts.map((text) => {
      const [name = '', type = ''] = text.split(':');
      return { name, type, title: name, required: true };
    });
  return {
    id,
    version: 1,
    title: id,
    family: 'Family',
    description: '',
    help: '',
    keywords: [],
    params: [],
    inputs: ports(inputs),
    outputs: ports(outputs),
    ...fields,
  };
};

/** A source, a transform, a join, a learner, a trainer, and something that takes anything. */
export const CATALOGUE = readCatalogue({
  types: { table: 'Table', 'untrained-model': 'Untrained model', model: 'Trained model', any: 'Anything' },
  components: [
    component('data', [], ['table:table']),
    component('clean', ['rows:table'], ['table:table', 'how:transform'], {
      title: 'Clean Missing Data',
      keywords: ['impute'],
    }),
    component('join', ['left:table', 'right:table'], ['table:table']),
    component('forest', [], ['untrained:untrained-model']),
    component('train', ['untrained:untrained-model', 'rows:table'], ['model:model']),
    component('sink', ['thing:any'], []),
  ],
});

export const node = (id: string, component: string, x = 0, y = 0, fields: Partial<NodeDoc> = {}): NodeDoc => ({
  id,
  component,
  version: 1,
  title: id,
  x,
  y,
  params: {},
  comment: '',
  ...fields,
});

/** "a.table > b.rows" */
export const edge = (text: string): EdgeDoc => {
  const [from = '', to = ''] = text.split('>').map((part) => part.trim());
  const [source = '', source_port = ''] = from.split('.');
  const [target = '', target_port = ''] = to.split('.');
  return { source, source_port, target, target_port };
};

export const graph = (nodes: NodeDoc[], edges: string[] = []): GraphDoc => ({
  format: 1,
  nodes,
  edges: edges.map(edge),
});
