/** The code of the base run and of another: scripts of nodes, files that were logged, the commit they were made from. */

import { api, sentence } from '../app/api';
import { number } from '../app/format';
import { codeDiff, type Diff } from '../code/diff';
import { empty, h, icon, replace } from '../runs/dom';
import { pairs, type RunFiles, type Script, type ScriptPair } from './files';
import type { Part, PartContext, Seen } from './page';
import { runChoice } from './runChoice';
import { textAt, rowsOf } from './rows';
import type { RunHead } from './wire';

const LOOKS: Record<ScriptPair['mark'], [string, string, string]> = {
  changed: ['Changed', 'pencil', 'orange'],
  left: ['Only in the base', 'circle-minus', 'yellow'],
  right: ['Only in the other', 'circle-plus', 'yellow'],
  same: ['Same', 'equal', 'green'],
};

export function codeTab(context: PartContext): Part {
  const base = `/api/v1/w/${encodeURIComponent(context.workspace)}/runs`;
  const choice = runChoice('Compare the base with', (id) => context.change({ other: id }));
  const commits = h('div', { class: 'mb-3' });
  const list = h('div', { class: 'list-group list-group-flush studio-outputs-list' });
  const viewer = h('div', { class: 'studio-output' });
  const body = h('div', { class: 'studio-outputs' }, h('nav', { class: 'card', 'aria-label': 'Scripts of both runs' }, list), viewer);
  const element = h('div', {}, h('div', { class: 'mb-3' }, choice.element), commits, body);
  let seen: Seen;
  let read = '';
  let asked = 0;
  let found: ScriptPair[] = [];
  let runs: [RunHead, RunHead] | null = null;
  let diff: Diff | null = null;
  let opened = '';

  const fetchScripts = async (left: RunHead, right: RunHead): Promise<void> => {
    const mine = (asked += 1);
    const query = `runs=${left.run_id},${right.run_id}`;
    try {
      const [nodes, files] = await Promise.all([
        api<{ runs: Record<string, Script[]> }>('GET', `${base}/compare/scripts?${query}`),
        api<{ runs: Record<string, RunFiles> }>('GET', `${base}/compare/files?${query}`),
      ]);
      if (mine !== asked) return;
      const of = (run: RunHead): Script[] => [...(nodes.runs[run.run_id] ?? []), ...(files.runs[run.run_id]?.code ?? [])];
      found = pairs(of(left), of(right));
      opened = '';
      showList();
    } catch (error) {
      if (mine === asked) replace(list, h('div', { class: 'alert alert-danger m-2', role: 'alert' }, sentence(error)));
    }
  };

  function showList(): void {
    body.hidden = false;
    const chosen = found.find((pair) => pair.path === seen.view.file) ?? found[0];
    if (!found.length) {
      diff?.stop();
      replace(list);
      replace(viewer);
      body.hidden = true;
      replace(commits, ...commitTable(), h('div', { class: 'card' }, empty('No code was kept', 'Pipelines keep the scripts of their nodes. A tracked run keeps what it logs: mlflow.log_artifact("train.py", "code").')));
      return;
    }
    replace(commits, ...commitTable());
    replace(
      list,
      ...found.map((pair) => {
        const [word, name, tone] = LOOKS[pair.mark];
        return h(
          'button',
          { type: 'button', class: `list-group-item list-group-item-action ${pair === chosen ? 'active' : ''}`, 'aria-current': pair === chosen ? 'true' : undefined, onclick: () => context.change({ file: pair.path }) },
          h('span', { class: 'd-block text-break fw-medium' }, pair.path),
          h('span', { class: `small text-${tone}` }, icon(name, 'me-1'), word),
        );
      }),
    );
    void open(chosen);
  }

  async function open(pair: ScriptPair): Promise<void> {
    if (!runs) return;
    const key = `${runs[0].run_id} ${runs[1].run_id} ${pair.path}`;
    if (opened === key) return;
    opened = key;
    const [left, right] = runs;
    try {
      const texts = await Promise.all([textOf(left, pair.left), textOf(right, pair.right)]);
      if (opened !== key) return;
      diff?.stop();
      diff = codeDiff(viewer, { left: texts[0], right: texts[1], language: pair.language, titles: [`${left.name} (base)`, right.name] });
    } catch (error) {
      if (opened === key) replace(viewer, h('div', { class: 'alert alert-danger', role: 'alert' }, sentence(error)));
    }
  }

  async function textOf(run: RunHead, script: Script | null): Promise<string> {
    if (!script) return '';
    if (script.text !== undefined) return script.text;
    const answer = await fetch(`${base}/${run.run_id}/artifacts/raw/${script.path.split('/').map(encodeURIComponent).join('/')}`);
    if (!answer.ok) throw new Error(`${script.path} of ${run.name} could not be read (${answer.status}).`);
    return answer.text();
  }

  /** What clients wrote of the program: its name, its commit. */
  function commitTable(): HTMLElement[] {
    if (!runs) return [];
    const places = runs.map((run) => seen.compared.runs.findIndex((one) => one.run_id === run.run_id));
    const rows = rowsOf(seen.compared, 'last').filter((row) => row.section === 'code' && places.some((at) => textAt(row, at) !== null));
    if (!rows.length) return [];
    return [
      h(
        'div',
        { class: 'card table-responsive' },
        h(
          'table',
          { class: 'table table-sm card-table cmp-runs' },
          h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, `Source (${number(rows.length)})`), ...runs.map((run) => h('th', { scope: 'col', class: 'text-break' }, run.name)))),
          h(
            'tbody',
            {},
            ...rows.map((row) => {
              const texts = places.map((at) => textAt(row, at) ?? '–');
              const other = texts[0] !== texts[1];
              return h('tr', {}, h('th', { scope: 'row', class: 'fw-normal' }, row.key.replace(/^mlflow\.(source\.)?/, ''), other && icon('arrows-diff', 'ms-1'), other && h('span', { class: 'visually-hidden' }, ' differs')), ...texts.map((text) => h('td', { class: `text-break ${other ? 'fw-bold' : ''}` }, text)));
            }),
          ),
        ),
      ),
    ];
  }

  return {
    element,
    show: (fresh) => {
      seen = fresh;
      const [left, ...others] = fresh.runs;
      const right = others.find((run) => run.run_id === fresh.view.other) ?? others[0];
      choice.show(others, right?.run_id ?? '');
      if (!left || !right) {
        runs = null;
        read = '';
        body.hidden = true;
        replace(commits, h('div', { class: 'card' }, empty('Two runs are needed', 'Add another run to see how its code differs.')));
        return;
      }
      runs = [left, right];
      const wanted = `${left.run_id} ${right.run_id}`;
      const moved = fresh.news?.has(left.run_id) || fresh.news?.has(right.run_id);
      if (wanted !== read || moved) {
        read = wanted;
        void fetchScripts(left, right);
      } else if (found.length) showList();
    },
  };
}
