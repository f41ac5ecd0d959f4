/** Pictures: those logged step by step each with a slider, all others as a gallery. */

import { sentence } from '../../app/api';
import { number } from '../../app/format';
import { remember, remembered } from '../address';
import { empty, h, icon, replace } from '../dom';
import type { Files, Picture } from './files';
import { lightbox, type Shown } from './lightbox';

export interface ImagesView {
  element: HTMLElement;
  refresh: () => void;
}

const GALLERY_PAGE = 60;

export interface Series {
  key: string;
  /** By step; several pictures may have the same one. */
  steps: { step: number; pictures: Picture[] }[];
}

export function seriesOf(pictures: readonly Picture[]): { series: Series[]; others: Picture[] } {
  const byKey = new Map<string, Map<number, Picture[]>>();
  const others: Picture[] = [];
  for (const picture of pictures) {
    if (picture.key === undefined || picture.step === undefined) {
      others.push(picture);
      continue;
    }
    const steps = byKey.get(picture.key) ?? new Map<number, Picture[]>();
    byKey.set(picture.key, steps);
    steps.set(picture.step, [...(steps.get(picture.step) ?? []), picture]);
  }
  const series = [...byKey].map(([key, steps]) => ({ key, steps: [...steps].sort(([a], [b]) => a - b).map(([step, found]) => ({ step, pictures: found })) }));
  return { series, others };
}

/** The place of the step that was chosen; of the nearest before it where there is none, of the last where none was. */
export function placeOf(series: Series, step: number | null): number {
  if (step === null) return series.steps.length - 1;
  return Math.max(0, series.steps.findLastIndex((one) => one.step <= step));
}

export function imagesView(files: Files): ImagesView {
  const body = h('div');
  const search = h('input', { type: 'search', class: 'form-control', placeholder: 'Search by name', 'aria-label': 'Search the pictures by name', value: remembered('images') });
  search.value = remembered('images');
  const together = h('input', { type: 'checkbox', class: 'form-check-input', checked: true });
  const element = h(
    'div',
    {},
    h('div', { class: 'd-flex flex-wrap gap-3 align-items-center mb-3' }, h('div', { class: 'input-icon studio-log-search' }, h('span', { class: 'input-icon-addon' }, icon('search')), search), h('label', { class: 'form-check form-switch m-0' }, together, h('span', { class: 'form-check-label' }, 'Move all sliders together'))),
    body,
  );
  let all: Picture[] = [];
  let complete = true;
  let signature = '';
  let step: number | null = remembered('image_step') ? Number(remembered('image_step')) : null;
  let sliders: ((step: number) => void)[] = [];
  let shownOthers = GALLERY_PAGE;

  const draw = (): void => {
    const wanted = search.value.trim().toLowerCase();
    const found = all.filter((picture) => (picture.key ?? picture.path).toLowerCase().includes(wanted));
    const { series, others } = seriesOf(found);
    sliders = [];
    const parts: HTMLElement[] = [];
    if (series.length) parts.push(h('div', { class: 'studio-pictures mb-3' }, ...series.map(card)));
    if (others.length) parts.push(gallery(others));
    if (!found.length) parts.push(h('div', { class: 'card' }, empty(all.length ? `No picture is called “${search.value.trim()}”` : 'No pictures yet', all.length ? '' : 'mlflow.log_image and mlflow.log_figure put them here.')));
    if (!complete) parts.push(h('p', { class: 'text-secondary' }, 'This run has more files than one look takes in, so some pictures may be missing here. They are among its artifacts.'));
    replace(body, ...parts);
  };

  const card = (one: Series): HTMLElement => {
    const frame = h('div', { class: 'studio-picture-frame' });
    const says = h('output', { class: 'font-monospace small' });
    const slider = h('input', { type: 'range', class: 'form-range', min: 0, max: one.steps.length - 1, 'aria-label': `Step of ${one.key}` });
    let at = placeOf(one, step);
    const show = (): void => {
      const now = one.steps[at];
      slider.value = String(at);
      slider.setAttribute('aria-valuetext', `Step ${now.step}`);
      says.textContent = `Step ${number(now.step)}${now.pictures.length > 1 ? `, ${now.pictures.length} pictures` : ''}`;
      replace(frame, ...now.pictures.map((picture, n) => thumb(picture, `${one.key}, step ${now.step}`, () => lightbox(one.steps.flatMap((s) => s.pictures.map((p) => shown(p))), offset(one, at) + n))));
    };
    slider.addEventListener('input', () => {
      at = Number(slider.value);
      step = one.steps[at].step;
      remember('image_step', String(step));
      show();
      if (together.checked) for (const move of sliders) move(step);
    });
    sliders.push((wanted) => {
      const to = placeOf(one, wanted);
      if (to === at) return;
      at = to;
      show();
    });
    show();
    return h(
      'section',
      { class: 'card', 'aria-label': one.key, 'data-series': one.key },
      h('div', { class: 'card-header py-2' }, h('h3', { class: 'card-title fs-4 studio-name' }, one.key)),
      frame,
      h('div', { class: 'card-body py-2' }, h('div', { class: 'd-flex justify-content-between' }, says, h('span', { class: 'text-secondary small' }, `${number(one.steps.length)} ${one.steps.length === 1 ? 'step' : 'steps'}`)), one.steps.length > 1 ? slider : null),
    );
  };

  const gallery = (others: Picture[]): HTMLElement => {
    const cards = others.slice(0, shownOthers).map((picture, at) =>
      h('figure', { class: 'card m-0' }, h('div', { class: 'studio-picture-frame' }, thumb(picture, picture.path, () => lightbox(others.map(shown), at))), h('figcaption', { class: 'small p-2 studio-name', title: picture.path }, picture.path)),
    );
    const more = others.length > shownOthers ? h('button', { type: 'button', class: 'btn mt-3', onclick: () => ((shownOthers += 4 * GALLERY_PAGE), draw()) }, `Show more: ${number(shownOthers)} of ${number(others.length)}`) : null;
    return h('section', { 'aria-label': 'Other pictures' }, h('div', { class: 'studio-pictures' }, ...cards), more);
  };

  const thumb = (picture: Picture, label: string, act: () => void): HTMLElement =>
    h('button', { type: 'button', class: 'studio-picture', 'aria-label': `Enlarge ${label}`, onclick: act }, h('img', { src: files.raw(picture.small ?? picture.path), alt: label, loading: 'lazy', decoding: 'async' }));

  const shown = (picture: Picture): Shown => ({
    address: files.raw(picture.path),
    download: files.raw(picture.path, true),
    title: picture.key === undefined ? picture.path : `${picture.key}, step ${picture.step}`,
  });

  search.addEventListener('input', () => {
    remember('images', search.value.trim());
    draw();
  });

  const read = async (): Promise<void> => {
    try {
      const found = await files.find<Picture>('image');
      const now = JSON.stringify(found);
      if (now === signature) return;
      signature = now;
      all = found.files;
      complete = found.complete;
      draw();
    } catch (error) {
      if (!all.length) replace(body, h('div', { class: 'alert alert-danger', role: 'alert' }, sentence(error)));
    }
  };
  replace(body, h('p', { class: 'text-secondary' }, 'Looking for pictures …'));
  void read();
  return { element, refresh: () => void read() };
}

function offset(series: Series, at: number): number {
  return series.steps.slice(0, at).reduce((sum, one) => sum + one.pictures.length, 0);
}
