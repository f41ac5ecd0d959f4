/** How lines are drawn: the form of it, for the whole wall and for one panel. */

import { h, replace } from '../runs/dom';
import type { Look } from './state';

export interface LookForm {
  element: HTMLElement;
  show(): void;
}

let made = 0;

export function lookForm(o: { look(): Look; metrics(): readonly string[]; change(part: Partial<Look>): void }): LookForm {
  made += 1;
  const list = `chart-metrics-${made}`;
  const metrics = h('datalist', { id: list });
  const other = h('input', { class: 'form-control form-control-sm mt-1', list, placeholder: 'Name of a metric', 'aria-label': 'Metric of the x axis', hidden: true, spellcheck: 'false' });
  const x = h(
    'select',
    { class: 'form-select form-select-sm', 'aria-label': 'X axis' },
    h('option', { value: 'step' }, 'Step'),
    h('option', { value: 'time' }, 'Time'),
    h('option', { value: 'relative' }, 'Time since start'),
    h('option', { value: 'metric' }, 'Another metric'),
  );
  const smoother = h(
    'select',
    { class: 'form-select form-select-sm', 'aria-label': 'Smooth by' },
    h('option', { value: 'points' }, 'Number of values'),
    h('option', { value: 'distance' }, 'Distance on the x axis'),
  );
  const smoothing = smoothingField(o.look, o.change);
  const original = check('Show the original behind it', (on) => o.change({ original: on }));
  const logX = check('Logarithmic x axis', (on) => o.change({ logX: on }));
  const logY = check('Logarithmic y axis', (on) => o.change({ logY: on }));

  x.addEventListener('change', () => {
    other.hidden = x.value !== 'metric';
    if (x.value !== 'metric') o.change({ x: x.value });
    else {
      replace(metrics, ...o.metrics().slice(0, 1000).map((key) => h('option', { value: key })));
      other.focus();
    }
  });
  other.addEventListener('change', () => other.value.trim() && o.change({ x: `metric:${other.value.trim()}` }));
  smoother.addEventListener('change', () => o.change({ smoother: smoother.value as Look['smoother'] }));

  const element = h(
    'div',
    { class: 'studio-look' },
    labelled('X axis', h('div', {}, x, other, metrics)),
    labelled('Smoothing', smoothing.element),
    labelled('Smooth by', smoother),
    original.element,
    logX.element,
    logY.element,
  );
  const show = (): void => {
    const look = o.look();
    const isMetric = look.x.startsWith('metric:');
    x.value = isMetric ? 'metric' : look.x;
    other.hidden = !isMetric;
    if (isMetric) other.value = look.x.slice('metric:'.length);
    smoother.value = look.smoother;
    smoothing.show();
    original.input.checked = look.original;
    logX.input.checked = look.logX;
    logY.input.checked = look.logY;
  };
  show();
  return { element, show };
}

/** A slider and the number it stands for. The slider is finer near 1, where it matters. */
export function smoothingField(look: () => Look, change: (part: Partial<Look>) => void): LookForm {
  const slider = h('input', { type: 'range', class: 'form-range', min: '0', max: '100', step: '1', 'aria-label': 'Smoothing' });
  const field = h('input', { type: 'number', class: 'form-control form-control-sm studio-smoothing-number', min: '0', max: '0.999', step: 'any', 'aria-label': 'Smoothing, from 0 to 0.999' });
  slider.addEventListener('input', () => {
    const smoothing = weightAt(Number(slider.value));
    field.value = String(smoothing);
    slider.setAttribute('aria-valuetext', String(smoothing));
    change({ smoothing });
  });
  field.addEventListener('change', () => {
    const asked = Number(field.value);
    change({ smoothing: Number.isFinite(asked) ? Math.max(0, Math.min(0.999, asked)) : 0 });
    show();
  });
  const show = (): void => {
    const { smoothing } = look();
    if (document.activeElement !== field) field.value = String(smoothing);
    if (weightAt(Number(slider.value)) !== smoothing) slider.value = String(placeOf(smoothing));
  };
  show();
  return { element: h('div', { class: 'studio-smoothing' }, slider, field), show };
}

/** Half of the way is 0.9, the end 0.999. */
export function weightAt(place: number): number {
  return place <= 0 ? 0 : Number(Math.min(0.999, 1 - 10 ** (-place / 50)).toFixed(3));
}

function placeOf(weight: number): number {
  return Math.round(-50 * Math.log10(1 - Math.min(weight, 0.999)));
}

export function check(label: string, change: (on: boolean) => void): { element: HTMLElement; input: HTMLInputElement } {
  const input = h('input', { type: 'checkbox', class: 'form-check-input' });
  input.addEventListener('change', () => change(input.checked));
  return { element: h('label', { class: 'form-check mb-0' }, input, h('span', { class: 'form-check-label' }, label)), input };
}

export function labelled(label: string, control: HTMLElement): HTMLElement {
  return h('div', { class: 'studio-look-row' }, h('span', { class: 'form-label mb-0' }, label), control);
}
