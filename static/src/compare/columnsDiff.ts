/** A table that a node left in both runs: how the values of its columns differ. Read when somebody asks. */

import { api, sentence } from '../app/api';
import { number } from '../app/format';
import type { Profile } from '../data/profile';
import { h, icon, replace } from '../runs/dom';
import type { NodeSeen } from './graphTab';
import { columnChanges } from './profiles';

const MOST_ROWS = 200;

/** One for each port that holds a table on both sides. */
export function columnsDiffs(node: NodeSeen, workspace: string, portTitle: (port: string) => string): HTMLElement[] {
  const [left, right] = node.sides.map((side) => side?.step ?? null);
  if (!left || !right || node.mark === 'cached') return [];
  return left.outputs
    .filter((output) => output.type === 'table' && right.outputs.some((other) => other.port === output.port && other.type === 'table'))
    .map(({ port }) => {
      const body = h('div', {});
      const details = h('details', { class: 'mt-2' }, h('summary', { class: 'fs-4' }, `How the columns of ${portTitle(port)} differ`), body);
      details.addEventListener('toggle', () => {
        if (details.open && !body.childElementCount) void read(body, workspace, [left.run_id, right.run_id], port);
      });
      return details;
    });
}

async function read(body: HTMLElement, workspace: string, runs: [string, string], port: string): Promise<void> {
  replace(body, h('p', { class: 'text-secondary m-0' }, 'Looking through both tables …'));
  try {
    const [left, right] = await Promise.all(
      runs.map((run) => api<Profile>('GET', `/api/v1/w/${encodeURIComponent(workspace)}/runs/${run}/outputs/${encodeURIComponent(port)}/profile`)),
    );
    const changes = columnChanges(left, right);
    replace(
      body,
      h('p', { class: 'text-secondary small mb-1' }, `${number(left.rows)} rows in the base, ${number(right.rows)} in the other.`),
      changes.length
        ? h(
            'table',
            { class: 'table table-sm cmp-changes' },
            h('thead', {}, h('tr', {}, ...['Column', 'Base', 'Other'].map((title) => h('th', { scope: 'col' }, title)))),
            h('tbody', {}, ...changes.slice(0, MOST_ROWS).map((change) => h('tr', {}, h('th', { scope: 'row', class: 'fw-normal' }, change.column, h('span', { class: 'text-secondary small d-block' }, change.what)), h('td', {}, change.left), h('td', {}, change.right)))),
          )
        : h('p', { class: 'm-0' }, icon('equal', 'me-1'), 'Every column has the same range, mean and values, as far as the profile tells.'),
      changes.length > MOST_ROWS && h('p', { class: 'text-secondary small' }, `${number(MOST_ROWS)} of ${number(changes.length)} differences are shown.`),
    );
  } catch (error) {
    replace(body, h('div', { class: 'alert alert-danger', role: 'alert' }, sentence(error)));
  }
}
