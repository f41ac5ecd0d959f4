/** A folder that holds an MLflow model: what it is, what it wants and gives, what it needs, and its registration. */

import { api } from '../../app/api';
import { empty, h, icon, replace } from '../dom';
import { modelAddress } from '../outputs';
import { registerDialog } from '../register';
import { showCode } from './code';

interface Column {
  name?: string;
  type?: string;
  required?: boolean;
  'tensor-spec'?: unknown;
}
interface Model {
  flavors: Record<string, string>;
  mlflow_version: string;
  signature: { inputs?: Column[]; outputs?: Column[]; params?: Column[] };
  requirements: string;
  example: string;
  description: string;
  registered: { name: string; number: number }[];
}

interface Place {
  root: string;
  path: string;
  /** Id of the logged model whose own folder this is; "" for a folder among a run's files. */
  model: string;
  workspace: string;
  mayRegister: boolean;
  tools: HTMLElement;
  changed: () => void;
}

export async function modelFolder(body: HTMLElement, place: Place): Promise<void> {
  const address = `${place.root}/model`;
  const found = await api<Model>('GET', `${address}?path=${encodeURIComponent(place.path)}`);
  if (place.mayRegister) {
    place.tools.prepend(
      h('button', { type: 'button', class: 'btn btn-primary btn-sm', onclick: () => registerDialog(address, place.workspace, () => (place.changed(), void modelFolder(body, { ...place, mayRegister: false })), { path: place.path }) }, icon('package-import', 'me-1'), 'Register this model'),
    );
  }
  const example = h('div', { class: 'studio-code' });
  const requirements = h('div', { class: 'studio-code' });
  const source = h('div', { class: 'studio-code' });
  replace(
    body,
    h(
      'dl',
      { class: 'studio-facts mb-3' },
      fact('Flavours', Object.entries(found.flavors).map(([name, version]) => (version ? `${name} ${version}` : name)).join(', ') || '–'),
      fact('Written with MLflow', found.mlflow_version || '–'),
      found.registered.length ? h('div', {}, h('dt', {}, 'Registered as'), h('dd', {}, ...found.registered.map((one) => h('a', { class: 'me-2', href: modelAddress(place.workspace, one) }, `${one.name} version ${one.number}`)))) : null,
    ),
    h('h3', { class: 'fs-4' }, 'Signature'),
    signature(found.signature),
    found.example && folded('Input example', example),
    found.requirements && folded('Requirements', requirements),
    found.description && folded('MLmodel', source),
  );
  if (found.example) void showCode(example, found.example, 'json', 'Input example');
  if (found.requirements) void showCode(requirements, found.requirements, '', 'Requirements');
  if (found.description) void showCode(source, found.description, 'yaml', 'MLmodel');
}

function signature(told: Model['signature']): HTMLElement {
  const parts = (['inputs', 'outputs', 'params'] as const).filter((part) => told[part]?.length);
  if (!parts.length) return empty('No signature was logged', 'Pass signature= or input_example= to log_model, and the studio knows what the model wants.');
  return h(
    'div',
    { class: 'studio-signature mb-3' },
    ...parts.map((part) =>
      h(
        'div',
        { class: 'table-responsive' },
        h(
          'table',
          { class: 'table table-sm' },
          h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, { inputs: 'Input', outputs: 'Output', params: 'Parameter' }[part]), h('th', { scope: 'col' }, 'Type'))),
          h('tbody', {}, ...told[part]!.slice(0, 500).map((column) => h('tr', {}, h('td', { class: 'studio-name' }, column.name ?? '–', column.required === false ? h('span', { class: 'text-secondary small' }, ' optional') : null), h('td', { class: 'font-monospace small' }, typed(column))))),
        ),
        told[part]!.length > 500 && h('p', { class: 'text-secondary small' }, `500 of ${told[part]!.length} columns are shown; all of them stand in MLmodel.`),
      ),
    ),
  );
}

function typed(column: Column): string {
  const tensor = column['tensor-spec'] as { dtype?: string; shape?: number[] } | undefined;
  return tensor ? `${tensor.dtype} (${(tensor.shape ?? []).join(', ')})` : String(column.type ?? '');
}

function folded(title: string, body: HTMLElement): HTMLElement {
  return h('details', { class: 'mb-2' }, h('summary', { class: 'fw-medium' }, title), body);
}

function fact(title: string, value: string): HTMLElement {
  return h('div', {}, h('dt', {}, title), h('dd', { class: 'studio-name' }, value));
}
