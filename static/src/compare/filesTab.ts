/** Images and tables that the runs logged, side by side; one slider of steps for all. */

import { api, sentence } from '../app/api';
import { number } from '../app/format';
import { colorOf } from '../charts/colors';
import { mountGrid, type Grid } from '../data/grid';
import { empty, h, icon, replace } from '../runs/dom';
import { galleries, type Gallery, pictureAt, type RunFiles, tablesOf } from './files';
import type { Part, PartContext, Seen } from './page';
import type { RunHead } from './wire';

/** As many as the server looks through at once. */
const MOST_RUNS = 50;
const MOST_GRIDS = 6;

export function filesTab(context: PartContext): Part {
  const base = `/api/v1/w/${encodeURIComponent(context.workspace)}/runs`;
  const notice = h('div', {});
  const which = h('select', { class: 'form-select', 'aria-label': 'Image or table', onchange: () => context.change({ picture: which.value, step: null }) });
  const slider = h('input', { type: 'range', class: 'form-range', 'aria-label': 'Step' });
  const stepText = h('output', { class: 'font-monospace text-nowrap' });
  const steps = h('div', { class: 'cmp-steps' }, h('span', { class: 'text-secondary' }, 'Step'), button('chevron-left', 'The step before', () => nudge(-1)), slider, button('chevron-right', 'The next step', () => nudge(1)), stepText);
  const bar = h('div', { class: 'cmp-toolbar' }, h('label', { class: 'd-flex align-items-center gap-2 cmp-choice' }, h('span', { class: 'text-secondary' }, 'Show'), which), steps);
  const body = h('div', {});
  const element = h('div', {}, notice, bar, body);
  let seen: Seen;
  let read = '';
  let asked = 0;
  let files = new Map<string, RunFiles>();
  let found: Gallery[] = [];
  let grids: Grid[] = [];
  let drawn = '';

  slider.addEventListener('input', () => showStep(Number(slider.value)));
  slider.addEventListener('change', () => {
    const gallery = current();
    if (gallery) context.change({ step: gallery.steps[Number(slider.value)] ?? null });
  });

  function current(): Gallery | undefined {
    return found.find((gallery) => `image ${gallery.name}` === which.value);
  }

  function nudge(by: number): void {
    const gallery = current();
    const to = Number(slider.value) + by;
    if (gallery && to >= 0 && to < gallery.steps.length) context.change({ step: gallery.steps[to] });
  }

  const fetchFiles = async (runs: readonly RunHead[]): Promise<void> => {
    const mine = (asked += 1);
    try {
      const answer = await api<{ runs: Record<string, RunFiles> }>('GET', `${base}/compare/files?runs=${runs.map((run) => run.run_id).join(',')}`);
      if (mine !== asked) return;
      files = new Map(runs.flatMap((run) => (answer.runs[run.run_id] ? [[run.run_id, answer.runs[run.run_id]] as const] : [])));
      found = galleries(files);
      drawn = '';
      show();
    } catch (error) {
      if (mine === asked) replace(body, h('div', { class: 'alert alert-danger', role: 'alert' }, sentence(error)));
    }
  };

  function show(): void {
    const tables = tablesOf(files);
    const cut = [...files.values()].some((one) => !one.complete);
    replace(
      notice,
      seen.runs.length > MOST_RUNS && h('div', { class: 'alert alert-info' }, `Files of the first ${MOST_RUNS} of ${number(seen.runs.length)} runs are shown.`),
      cut && h('div', { class: 'alert alert-info' }, 'Some run has more files than are looked through here; its own page shows all.'),
    );
    bar.hidden = !found.length && !tables.length;
    if (bar.hidden) {
      stop();
      replace(body, h('div', { class: 'card' }, empty('No images and no tables', 'mlflow.log_image, log_figure and log_table, or any file that is one, appear here side by side.')));
      return;
    }
    const group = (title: string, options: HTMLOptionElement[]): HTMLElement | null => (options.length ? h('optgroup', { label: title }, ...options) : null);
    const option = (value: string, text: string): HTMLOptionElement => h('option', { value }, text);
    replace(
      which,
      group('Images', found.map((one) => option(`image ${one.name}`, `${one.name} (${count(one.pictures.size)}${one.steps.length > 1 ? `, ${number(one.steps.length)} steps` : ''})`))),
      group('Tables', tables.map((one) => option(`table ${one.path}`, `${one.path} (${count(one.runs.length)})`))),
    );
    which.value = seen.view.picture;
    if (!which.value) which.selectedIndex = 0;
    const gallery = current();
    steps.hidden = !gallery || gallery.steps.length < 2;
    if (gallery) showImages(gallery);
    else showTables(which.value.replace(/^table /, ''));
  }

  function showImages(gallery: Gallery): void {
    stop();
    const asked_ = seen.view.step;
    const at = asked_ === null ? gallery.steps.length - 1 : Math.max(0, gallery.steps.findLastIndex((step) => step <= asked_));
    slider.min = '0';
    slider.max = String(Math.max(0, gallery.steps.length - 1));
    slider.value = String(at);
    const key = JSON.stringify([gallery.name, seen.runs.map((run) => [run.run_id, run.name])]);
    if (drawn !== key) {
      drawn = key;
      replace(body, h('div', { class: 'cmp-pictures' }, ...shownRuns().map((run, place) => frame(run, place === 0))));
    }
    showStep(at);
  }

  function showStep(at: number): void {
    const gallery = current();
    if (!gallery) return;
    const step = gallery.steps.length ? (gallery.steps[at] ?? null) : null;
    stepText.textContent = step === null ? '' : `${number(step)} (${number(at + 1)} of ${number(gallery.steps.length)})`;
    slider.setAttribute('aria-valuetext', step === null ? '' : `Step ${step}`);
    for (const run of shownRuns()) {
      const place = body.querySelector<HTMLElement>(`[data-picture="${run.run_id}"]`);
      const picture = pictureAt(gallery.pictures.get(run.run_id), step);
      if (!place || place.dataset.path === (picture?.path ?? '')) continue;
      place.dataset.path = picture?.path ?? '';
      if (!picture) replace(place, h('p', { class: 'text-secondary m-0' }, icon('photo-off', 'me-1'), gallery.pictures.has(run.run_id) ? 'Not yet at this step' : 'This run has none'));
      else {
        const address = raw(run.run_id, picture.path);
        const image = h('img', { src: address, alt: `${gallery.name} of ${run.name}${picture.step === undefined ? '' : `, step ${picture.step}`}`, loading: 'lazy' });
        image.addEventListener('error', () => replace(place, h('p', { class: 'text-secondary m-0' }, icon('photo-x', 'me-1'), 'The image cannot be shown.')));
        replace(place, h('a', { href: address, target: '_blank', rel: 'noopener', title: 'Open it in full size' }, image), picture.step !== undefined && h('span', { class: 'small text-secondary' }, `Step ${number(picture.step)}`));
      }
    }
  }

  const raw = (run: string, path: string): string => `${base}/${run}/artifacts/raw/${path.split('/').map(encodeURIComponent).join('/')}`;
  const shownRuns = (): RunHead[] => seen.runs.slice(0, MOST_RUNS);

  function frame(run: RunHead, isBase: boolean): HTMLElement {
    return h('figure', { class: 'card cmp-picture' }, caption(run, isBase), h('div', { class: 'cmp-image', 'data-picture': run.run_id, 'data-path': '-' }));
  }

  function caption(run: RunHead, isBase: boolean): HTMLElement {
    const dot = h('span', { class: 'cmp-dot', 'aria-hidden': 'true' });
    dot.style.background = colorOf(run.run_id);
    return h('figcaption', { class: 'cmp-runline' }, dot, h('a', { class: 'cmp-runname', href: `${context.home}/runs/${run.run_id}/`, title: run.name }, run.name), isBase && h('span', { class: 'badge bg-primary-lt' }, 'Base'));
  }

  function showTables(path: string): void {
    const having = shownRuns().filter((run) => files.get(run.run_id)?.tables.some((table) => table.path === path));
    const key = JSON.stringify(['table', path, having.map((run) => run.run_id)]);
    if (drawn === key) return;
    stop();
    drawn = key;
    const shown = having.slice(0, MOST_GRIDS);
    const places = shown.map((run) => ({ run, element: h('div', { class: 'cmp-grid-place' }) }));
    replace(
      body,
      having.length > shown.length && h('p', { class: 'text-secondary' }, `${shown.length} of ${number(having.length)} runs that have this table are shown.`),
      h('div', { class: 'cmp-tables' }, ...places.map(({ run, element: place }) => h('section', { class: 'card', 'aria-label': `${path} of ${run.name}` }, h('div', { class: 'card-header py-2' }, caption(run, run === seen.runs[0])), place))),
    );
    grids = places.map(({ run, element: place }) => mountGrid(place, { rowsUrl: `${base}/${run.run_id}/artifacts/rows?path=${encodeURIComponent(path)}`, label: `${path} of ${run.name}` }));
  }

  function stop(): void {
    for (const grid of grids) grid.destroy();
    grids = [];
  }

  return {
    element,
    show: (fresh) => {
      seen = fresh;
      const runs = shownRuns();
      const wanted = runs.map((run) => run.run_id).sort().join(' ');
      if (wanted !== read || fresh.news) {
        if (wanted !== read) replace(body, h('p', { class: 'text-secondary' }, 'Looking for images and tables …'));
        read = wanted;
        void fetchFiles(runs);
      } else if (files.size) show();
    },
  };
}

function count(runs: number): string {
  return `${number(runs)} ${runs === 1 ? 'run' : 'runs'}`;
}

function button(name: string, label: string, act: () => void): HTMLElement {
  return h('button', { type: 'button', class: 'btn btn-icon btn-sm', title: label, 'aria-label': label, onclick: act }, icon(name));
}
