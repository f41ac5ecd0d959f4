/** The code of a run, and what differs from that of an earlier one. */

import { api, sentence } from '../app/api';
import type { About } from './about';
import { sourceFacts } from './about';
import { remember, remembered } from './address';
import { showCode } from './artifacts/code';
import { filesAt, type Files } from './artifacts/files';
import { empty, h, icon, replace } from './dom';
import type { Components, Graph } from './graph';
import { compared, piecesOfFiles, piecesOfGraph, type Mark, type Piece } from './snapshot';

export interface CodeContext {
  /** /api/v1/w/<workspace>/runs */
  base: string;
  run_id: string;
  name: string;
  graph: Graph | null;
  components: Components;
  files: Files;
  about: () => About;
}

const MARKS: Record<Mark, { icon: string; word: string; tone: string }> = {
  same: { icon: 'equal', word: 'The same', tone: 'secondary' },
  changed: { icon: 'pencil', word: 'Changed', tone: 'orange' },
  new: { icon: 'plus', word: 'New', tone: 'green' },
  gone: { icon: 'minus', word: 'No longer there', tone: 'red' },
};

interface Snapshot {
  run_id: string;
  name: string;
  pieces: Piece[];
}

export function codeTab(context: CodeContext): { element: HTMLElement } {
  const list = h('div', { class: 'list-group list-group-flush studio-outputs-list' });
  const viewer = h('div', { class: 'studio-output' });
  const against = h('select', { class: 'form-select', 'aria-label': 'Compare with the code of' });
  const facts = h('dl', { class: 'studio-facts mb-3' });
  const element = h(
    'div',
    {},
    facts,
    h('div', { class: 'studio-outputs' }, h('nav', { class: 'card', 'aria-label': 'Code' }, h('div', { class: 'card-body border-bottom p-2' }, h('label', { class: 'form-label small mb-1' }, 'Compare with'), against), list), viewer),
  );
  let mine: Snapshot | null = null;
  let other: Snapshot | null = null;
  let chosen = remembered('code');
  let stop: () => void = () => {};
  let round = 0;

  const start = async (): Promise<void> => {
    try {
      mine = { run_id: context.run_id, name: context.name, pieces: await piecesOf(context.files, context.graph, context.components) };
      const told = sourceFacts(context.about().told).filter((fact) => fact.code);
      replace(facts, ...told.map((fact) => h('div', {}, h('dt', {}, fact.title), h('dd', { class: 'font-monospace studio-name' }, fact.value))));
      if (!mine.pieces.length) {
        replace(element, facts, h('div', { class: 'card' }, empty('No code was kept with this run', 'Log it with mlflow.log_artifact("train.py", "code"), or pass code_paths= to log_model.')));
        return;
      }
      await choices();
      await compare(remembered('against'));
    } catch (error) {
      replace(viewer, h('div', { class: 'alert alert-danger', role: 'alert' }, sentence(error)));
    }
  };

  /** The one before it first, then the newest of the same experiment. */
  const choices = async (): Promise<void> => {
    const about = context.about();
    const found = new Map<string, string>();
    if (about.previous) found.set(about.previous.run_id, `${about.previous.name} (the run before)`);
    if (about.experiment) {
      const body = { experiments: [about.experiment.id], filter: '', lifecycle: 'active', order: [{ field: 'attributes.created', descending: true }], columns: [], offset: 0, limit: 100 };
      const page = await api<{ rows: { run_id: string; name: string }[] }>('POST', `${context.base}/query`, body).catch(() => ({ rows: [] }));
      for (const row of page.rows) if (row.run_id !== context.run_id && !found.has(row.run_id)) found.set(row.run_id, `${row.name} · ${row.run_id.slice(0, 8)}`);
    }
    const wanted = remembered('against');
    if (wanted && !found.has(wanted) && wanted !== context.run_id) found.set(wanted, wanted.slice(0, 8));
    replace(against, h('option', { value: '' }, 'Nothing: only this run'), ...[...found].map(([id, name]) => h('option', { value: id }, name)));
  };

  const compare = async (run_id: string): Promise<void> => {
    against.value = run_id;
    other = null;
    if (run_id) {
      const [graph, record] = await Promise.all([
        context.graph ? api<{ graph: Graph }>('GET', `${context.base}/${run_id}/graph`).then((told) => told.graph).catch(() => null) : null,
        api<{ name: string }>('GET', `${context.base}/${run_id}/about`),
      ]);
      other = { run_id, name: record.name, pieces: await piecesOf(filesAt(`${context.base}/${run_id}/artifacts`), graph, context.components) };
      // Files are the same only if somebody has read both.
      await Promise.all(mine!.pieces.filter((piece) => piece.text === null && other!.pieces.some((one) => one.name === piece.name)).slice(0, 100).flatMap((piece) => [fill(context.run_id, piece), fill(run_id, other!.pieces.find((one) => one.name === piece.name)!)]));
    }
    draw();
  };

  const draw = (): void => {
    if (!mine) return;
    const rows = other ? compared(mine.pieces, other.pieces) : mine.pieces.map((piece) => ({ piece, other: null, mark: null }));
    if (!rows.some((row) => row.piece.name === chosen)) chosen = (rows.find((row) => row.mark === 'changed') ?? rows[0])?.piece.name ?? '';
    replace(
      list,
      ...rows.map(({ piece, mark }) =>
        h(
          'button',
          {
            type: 'button',
            class: `list-group-item list-group-item-action d-flex gap-2 py-2 ${piece.name === chosen ? 'active' : ''}`,
            'aria-current': piece.name === chosen ? 'true' : undefined,
            'data-piece': piece.name,
            onclick: () => {
              chosen = piece.name;
              remember('code', chosen);
              draw();
              list.querySelector<HTMLElement>(`[data-piece="${CSS.escape(chosen)}"]`)?.focus();
            },
          },
          icon('file-code', 'mt-1'),
          h('span', { class: 'flex-fill text-break' }, piece.title),
          mark && h('span', { class: `small text-nowrap text-${MARKS[mark].tone}` }, icon(MARKS[mark].icon, 'me-1'), MARKS[mark].word),
        ),
      ),
    );
    const row = rows.find(({ piece }) => piece.name === chosen);
    if (row) void view(row.piece, row.other, row.mark);
  };

  const view = async (piece: Piece, before: Piece | null, mark: Mark | null): Promise<void> => {
    const now = ++round;
    stop();
    stop = () => {};
    const place = h('div', { class: 'studio-code' }, h('p', { class: 'text-secondary m-3' }, 'Reading …'));
    replace(viewer, h('section', { class: 'card', 'aria-label': piece.title }, h('div', { class: 'card-header' }, h('h2', { class: 'card-title studio-name' }, piece.title)), place));
    try {
      if (mark !== 'gone') await fill(context.run_id, piece);
      if (before && other) await fill(other.run_id, before);
      if (now !== round) return;
      if (mark && mark !== 'new') {
        const { codeDiff } = await import('../code/diff');
        if (now !== round) return;
        stop = codeDiff(place, { left: before?.text ?? '', right: piece.text ?? '', language: piece.language, titles: [other!.name, context.name] }).stop;
      } else {
        const made = await showCode(place, piece.text ?? '', piece.language, piece.title);
        if (now === round) stop = made.stop;
        else made.stop();
      }
    } catch (error) {
      if (now === round) replace(place, h('div', { class: 'alert alert-danger m-3', role: 'alert' }, sentence(error)));
    }
  };

  /** Fetches the text of a file once. */
  const fill = async (run_id: string, piece: Piece): Promise<void> => {
    if (piece.text !== null) return;
    const seen = await filesAt(`${context.base}/${run_id}/artifacts`).preview(piece.name);
    piece.text = seen.text ?? 'This file is no text.';
  };

  against.addEventListener('change', () => {
    remember('against', against.value);
    void compare(against.value).catch((error: unknown) => replace(viewer, h('div', { class: 'alert alert-danger', role: 'alert' }, sentence(error))));
  });
  void start();
  return { element };
}

async function piecesOf(files: Files, graph: Graph | null, components: Components): Promise<Piece[]> {
  const { files: found } = await files.find('code');
  return [...piecesOfGraph(graph, components), ...piecesOfFiles(found.map((file) => file.path))];
}
