/** Parallel coordinates: brush along an axis, drag its head to another place; its menu turns, stretches, removes it. */

import { sentence } from '../app/api';
import { number } from '../app/format';
import { h, icon, replace } from '../runs/dom';
import type { Chart, Place, Words } from './chart';
import { hover } from './hover';
import type { KindOptions } from './kinds';
import { itemOf, type Item } from './menu';
import { isKept, noteOf, paintChosen, paintParallel, parallelFrame, parallelScene, type Column, type ParallelFrame, type ParallelScene } from './parallelScene';
import { valueOf } from './scatter';
import type { ParallelAxis } from './state';
import { surface } from './surface';
import { tip } from './tip';

/** As near to an axis a press begins a brush. */
const GRIP = 12;

export function parallel(place: Place, words: Words, o: KindOptions): Chart {
  let scene: ParallelScene | null = null;
  let frame: ParallelFrame | null = null;
  let brush: { at: number; from: number; to: number; id: number } | null = null;
  let walked = -1;
  let asked = 0;
  const fields = (): string[] => o.added()?.list ?? [];
  const color = (): string => o.added()?.fields.color ?? '';

  const board = surface(
    (ink, size, theme) => {
      if (!scene) return;
      frame = parallelFrame(size, scene);
      paintParallel(ink, frame, theme, brush ? withBrush(scene) : scene, false);
      placeHeads();
    },
    (ink, size, theme) => {
      const id = hover.get();
      if (scene && frame && id !== null && !brush) paintChosen(ink, frame, theme, scene, id, size);
    },
  );
  const box = tip();
  const said = h('span', { class: 'visually-hidden', 'aria-live': 'polite' });
  const chart = h('div', { class: 'studio-chart', tabindex: '0', role: 'group', 'aria-roledescription': 'parallel coordinates' }, board.element, box.element, said);
  const heads = h('div', { class: 'studio-parallel-heads' });
  const message = h('p', { class: 'studio-chart-empty', hidden: true });
  const element = h('div', { class: 'studio-chart-body' }, chart, heads, message);
  const unsubscribe = hover.subscribe(() => board.mark());

  const setAxis = (field: string, change: ParallelAxis): void =>
    o.change((added) => {
      const axis = Object.fromEntries(Object.entries({ ...added.axes[field], ...change }).filter(([name, value]) => value !== undefined && (value !== false || name === 'log')));
      return { ...added, axes: { ...added.axes, [field]: axis } };
    });
  const move = (field: string, to: number): void =>
    o.change((added) => {
      const rest = added.list.filter((one) => one !== field);
      return { ...added, list: [...rest.slice(0, Math.max(0, to)), field, ...rest.slice(Math.max(0, to))] };
    });

  function withBrush(now: ParallelScene): ParallelScene {
    if (!brush || !frame) return now;
    const range = rangeOf(brush.at, brush.from, brush.to);
    return { ...now, columns: now.columns.map((column, at) => (at === brush?.at ? { ...column, set: { ...column.set, range } } : column)) };
  }

  function rangeOf(at: number, from: number, to: number): [number, number] {
    const ends = [from, to].map((pixel) => frame!.back[at](Math.max(frame!.top, Math.min(frame!.bottom, pixel))));
    return [Math.min(...ends), Math.max(...ends)];
  }

  const spot = (event: PointerEvent): { x: number; y: number } => {
    const area = chart.getBoundingClientRect();
    return { x: event.clientX - area.left, y: event.clientY - area.top };
  };
  chart.addEventListener('pointerdown', (event) => {
    const { x, y } = spot(event);
    const at = frame?.x.findIndex((axis) => Math.abs(axis - x) < GRIP) ?? -1;
    if (event.button !== 0 || at < 0 || !frame || y < frame.top - 6) return;
    brush = { at, from: y, to: y, id: event.pointerId };
    box.hide();
    hover.set(null);
    chart.setPointerCapture(event.pointerId);
  });
  chart.addEventListener('pointermove', (event) => {
    const at = spot(event);
    if (brush) {
      brush.to = at.y;
      board.paint();
      return;
    }
    chart.style.cursor = frame?.x.some((axis) => Math.abs(axis - at.x) < GRIP) ? 'ns-resize' : 'default';
    const found = lineNear(at.x, at.y);
    hover.set(found?.run.run_id ?? null);
    if (found) box.show(found.run.name, rowsOf(found), '', at);
    else box.hide();
  });
  const release = (event: PointerEvent): void => {
    if (!brush || !scene || event.pointerId !== brush.id) return;
    const { at, from, to } = brush;
    const field = scene.columns[at].field;
    brush = null;
    // A press without a way takes the brush of that axis away.
    setAxis(field, { range: Math.abs(to - from) < 4 || event.type === 'pointercancel' ? undefined : rangeOf(at, from, to) });
    board.paint();
  };
  chart.addEventListener('pointerup', release);
  chart.addEventListener('pointercancel', release);
  chart.addEventListener('dblclick', () => o.change((added) => ({ ...added, axes: Object.fromEntries(Object.entries(added.axes).map(([field, { range: _, ...axis }]) => [field, axis])) })));
  const leave = (): void => {
    if (brush) return;
    box.hide();
    hover.set(null);
  };
  chart.addEventListener('pointerleave', leave);
  chart.addEventListener('blur', leave);
  chart.addEventListener('keydown', (event) => {
    const by = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key];
    const kept = scene?.lines.filter((line) => isKept(scene!, line)) ?? [];
    if (!by || !kept.length || !frame) return;
    event.preventDefault();
    walked = Math.max(0, Math.min(kept.length - 1, walked + by));
    const line = kept[walked];
    hover.set(line.run.run_id);
    const rows = rowsOf(line);
    box.show(line.run.name, rows, '', { x: frame.x[0], y: frame.y[0](line.places[0]) });
    said.textContent = `${line.run.name}. ${rows.map((row) => `${row.name}: ${row.value}`).join(', ')}`;
  });

  function rowsOf(line: ParallelScene['lines'][number]): { name: string; value: string }[] {
    return (scene?.columns ?? []).map((column, at) => ({ name: column.title, value: valueOf(line.values[at]) }));
  }

  function lineNear(x: number, y: number): ParallelScene['lines'][number] | null {
    if (!scene || !frame || frame.x.length < 2) return null;
    const gap = frame.x[1] - frame.x[0];
    const at = Math.max(0, Math.min(frame.x.length - 2, Math.floor((x - frame.x[0]) / gap)));
    if (x < frame.x[0] - 8 || x > frame.x[frame.x.length - 1] + 8) return null;
    const share = (x - frame.x[at]) / gap;
    let best: ParallelScene['lines'][number] | null = null;
    let least = 10;
    for (const line of scene.lines) {
      if (!isKept(scene, line)) continue;
      const [from, to] = [frame.y[at](line.places[at]), frame.y[at + 1](line.places[at + 1])];
      const distance = Math.abs(from + (to - from) * share - y) / Math.hypot(1, (to - from) / gap);
      if (distance < least) {
        least = distance;
        best = line;
      }
    }
    return best;
  }

  let shownHeads = '';
  function makeHeads(): void {
    const sign = JSON.stringify(scene?.columns.map(({ field, set, axis }) => [field, axis.log, set.flip, axis.isNumber]));
    if (sign === shownHeads) return;
    shownHeads = sign;
    const focused = heads.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset.axis : undefined;
    replace(heads, ...(scene?.columns ?? []).map((column, at) => head(column, at)));
    if (focused !== undefined) heads.querySelector<HTMLElement>(`[data-axis="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  function head({ field, title, set, axis }: Column, at: number): HTMLElement {
    const list = h('div', { class: 'dropdown-menu', role: 'menu' });
    const button = h('button', { type: 'button', class: 'studio-parallel-head', 'data-axis': field, 'data-bs-toggle': 'dropdown', 'aria-expanded': 'false', title: `${title}: menu; drag to another place` },
      h('span', { class: 'text-truncate' }, title), axis.log ? h('span', { class: 'text-secondary' }, 'log') : null, set.flip ? icon('arrow-down') : null); // prettier-ignore
    const item = h('div', { class: 'dropdown studio-parallel-place' }, button, list);
    item.addEventListener('show.bs.dropdown', () => {
      const now = o.added()?.axes[field] ?? {};
      const quarter = (from: number, to: number) => (): void => {
        const { low, high, log } = axis;
        const between = (share: number): number => (log ? low * (high / low) ** share : low + (high - low) * share);
        setAxis(field, { range: [between(from), between(to)] });
      };
      const items: Item[] = [
        axis.isNumber && { label: 'Logarithmic', icon: 'math-function', checked: axis.log, act: () => setAxis(field, { log: !axis.log, range: undefined }) },
        { label: 'Turn upside down', icon: 'arrows-down-up', checked: Boolean(now.flip), act: () => setAxis(field, { flip: !now.flip }) },
        { label: 'Move left', icon: 'arrow-left', act: () => move(field, at - 1) },
        { label: 'Move right', icon: 'arrow-right', act: () => move(field, at + 1) },
        'line',
        { label: 'Choose the upper quarter', icon: 'brush', act: quarter(0.75, 1) },
        { label: 'Choose the lower quarter', icon: 'brush', act: quarter(0, 0.25) },
        now.range && { label: 'All runs of this axis', icon: 'brush-off', act: () => setAxis(field, { range: undefined }) },
        'line',
        { label: 'Take this axis away', icon: 'x', act: () => o.change((added) => ({ ...added, list: added.list.filter((one) => one !== field) })) },
      ];
      replace(list, ...items.filter(Boolean).map(itemOf));
    });
    dragHead(button, item, field);
    return item;
  }

  function dragHead(button: HTMLElement, item: HTMLElement, field: string): void {
    let dragged = false;
    button.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      const from = event.clientX;
      dragged = false;
      const go = (now: PointerEvent): void => {
        if (!dragged && Math.abs(now.clientX - from) < 6) return;
        dragged = true;
        item.style.translate = `${now.clientX - from}px 0`;
      };
      const end = (now: PointerEvent): void => {
        window.removeEventListener('pointermove', go);
        window.removeEventListener('pointerup', end);
        window.removeEventListener('pointercancel', end);
        item.style.translate = '';
        if (!dragged || !frame || now.type === 'pointercancel') return;
        const x = now.clientX - chart.getBoundingClientRect().left;
        const others = frame.x.filter((_, at) => scene?.columns[at].field !== field);
        move(field, others.filter((axis) => axis < x).length);
      };
      window.addEventListener('pointermove', go);
      window.addEventListener('pointerup', end);
      window.addEventListener('pointercancel', end);
    });
    // The click that ends a drag opens no menu.
    button.addEventListener('click', (event) => dragged && event.stopPropagation(), true);
  }

  function placeHeads(): void {
    if (!frame) return;
    const room = frame.x.length > 1 ? frame.x[1] - frame.x[0] : 200;
    [...heads.children].forEach((item, at) => {
      const one = item as HTMLElement;
      one.style.left = `${frame!.x[at]}px`;
      one.style.maxWidth = `${Math.max(36, room - 6)}px`;
    });
  }

  async function load(): Promise<void> {
    asked += 1;
    const mine = asked;
    const runs = place.runs();
    const columns = [...fields(), ...(color() ? [color()] : [])];
    words.busy(true);
    try {
      const values = columns.length && runs.length ? await place.fields.values(runs.map((run) => run.run_id), columns) : new Map();
      if (mine !== asked) return;
      const made = parallelScene(runs, values, fields(), color(), o.added()?.axes ?? {});
      scene = made.columns.length ? made : null;
      message.hidden = scene !== null;
      if (!scene) replace(message, 'Choose the axes in the settings of this chart.');
      words.note(scene ? noteOf(scene) : '');
      chart.setAttribute('aria-label', scene ? `${number(scene.lines.length)} runs over ${scene.columns.map((column) => column.title).join(', ')}. Arrow keys walk through the runs.` : 'Nothing to draw');
      makeHeads();
      board.paint();
    } catch (error) {
      if (mine !== asked || scene) return;
      replace(message, `The values could not be read: ${sentence(error)} `, h('button', { type: 'button', class: 'btn btn-sm', onclick: () => void load() }, 'Try again'));
      message.hidden = false;
    } finally {
      if (mine === asked) words.busy(false);
    }
  }

  void load();
  return {
    element,
    update: () => void load(),
    picture(ink, size, theme) {
      if (scene) paintParallel(ink, parallelFrame(size, scene), theme, scene, true);
    },
    table: () => ({
      columns: ['Run', 'Run id', ...(scene?.columns.map((column) => column.title) ?? [])],
      rows: (scene?.lines ?? []).filter((line) => isKept(scene!, line)).map((line) => [line.run.name, line.run.run_id, ...line.values.slice(0, scene!.columns.length)]),
    }),
    stop() {
      asked += 1;
      unsubscribe();
      leave();
      board.stop();
    },
  };
}
