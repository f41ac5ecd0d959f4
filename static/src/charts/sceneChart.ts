/** Charts of one mark for each run (bars, dots, boxes): what they share of pointing, keys, and reading their values. */

import { sentence } from '../app/api';
import { h, replace } from '../runs/dom';
import type { Chart, ChartRun, Place, Table, Words } from './chart';
import type { Value } from './fields';
import { hover } from './hover';
import type { Ink, Size } from './ink';
import { surface } from './surface';
import type { Theme } from './theme';
import { tip, type TipRow } from './tip';

export interface Mark {
  /** A run, or what else a mark stands for. */
  id: string;
  x: number;
  y: number;
}

/** The picture of a chart for one size. */
export interface Picture {
  marks: Mark[];
  paint(ink: Ink, theme: Theme): void;
  /** Over the painted: this one stands out. */
  point(ink: Ink, theme: Theme, id: string): void;
  hit(x: number, y: number): Mark | null;
}

export interface Scene {
  label: string;
  note: string;
  table: Table;
  legend?: Chart['legend'];
  picture(ink: Ink, size: Size, theme: Theme): Picture;
  tip(id: string): { head: string; rows: TipRow[] };
}

export interface SceneOptions<T> {
  read(runs: readonly ChartRun[]): Promise<T>;
  /** A text where there is nothing to draw, that says why. */
  build(read: T, runs: readonly ChartRun[]): Scene | string;
}

const NOTHING: Table = { columns: [], rows: [] };

export function sceneChart<T>(place: Place, words: Words, o: SceneOptions<T>): Chart {
  let scene: Scene | null = null;
  let picture: Picture | null = null;
  let pointer: { x: number; y: number } | null = null;
  let walked = -1;
  let asked = 0;

  const board = surface(
    (ink, size, theme) => {
      picture = scene?.picture(ink, size, theme) ?? null;
      picture?.paint(ink, theme);
    },
    (ink, _, theme) => {
      const id = hover.get();
      if (id !== null && picture?.marks.some((mark) => mark.id === id)) picture.point(ink, theme, id);
    },
  );
  const box = tip();
  const said = h('span', { class: 'visually-hidden', 'aria-live': 'polite' });
  const chart = h('div', { class: 'studio-chart', tabindex: '0', role: 'group', 'aria-roledescription': 'chart' }, board.element, box.element, said);
  const message = h('p', { class: 'studio-chart-empty', hidden: true });
  const element = h('div', { class: 'studio-chart-body' }, chart, message);
  const unsubscribe = hover.subscribe(() => board.mark());

  chart.addEventListener('pointermove', (event) => {
    const area = chart.getBoundingClientRect();
    pointer = { x: event.clientX - area.left, y: event.clientY - area.top };
    const found = picture?.hit(pointer.x, pointer.y) ?? null;
    hover.set(found?.id ?? null);
    if (!found || !scene) box.hide();
    else {
      const { head, rows } = scene.tip(found.id);
      box.show(head, rows, '', pointer);
    }
  });
  chart.addEventListener('pointerleave', leave);
  chart.addEventListener('blur', leave);
  chart.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (!by || !picture?.marks.length || !scene) return;
    event.preventDefault();
    walked = Math.max(0, Math.min(picture.marks.length - 1, walked + by));
    const mark = picture.marks[walked];
    hover.set(mark.id);
    const { head, rows } = scene.tip(mark.id);
    box.show(head, rows, '', mark);
    said.textContent = `${head}. ${rows.map((row) => `${row.name}: ${row.value}`).join(', ')}`;
  });
  function leave(): void {
    pointer = null;
    box.hide();
    hover.set(null);
  }

  async function load(): Promise<void> {
    asked += 1;
    const mine = asked;
    const runs = place.runs();
    words.busy(true);
    try {
      const read = await o.read(runs);
      if (mine === asked) show(o.build(read, runs));
    } catch (error) {
      if (mine !== asked || scene) return;
      replace(message, `The values could not be read: ${sentence(error)} `, h('button', { type: 'button', class: 'btn btn-sm', onclick: () => void load() }, 'Try again'));
      message.hidden = false;
    } finally {
      if (mine === asked) words.busy(false);
    }
  }

  function show(built: Scene | string): void {
    scene = typeof built === 'string' ? null : built;
    message.hidden = scene !== null;
    if (typeof built === 'string') replace(message, built);
    words.note(scene?.note ?? '');
    chart.setAttribute('aria-label', scene?.label ?? 'Nothing to draw');
    walked = -1;
    board.paint();
  }

  void load();
  return {
    element,
    update: () => void load(),
    picture: (ink, size, theme) => scene?.picture(ink, size, theme).paint(ink, theme),
    legend: () => scene?.legend?.() ?? [],
    table: () => scene?.table ?? NOTHING,
    stop() {
      asked += 1;
      unsubscribe();
      if (pointer) leave();
      board.stop();
    },
  };
}

/** Of each run the values of some fields, as most charts need them. */
export function readFields(place: Place, columns: () => string[]): (runs: readonly ChartRun[]) => Promise<Map<string, Value[]>> {
  return (runs) => {
    const asked = columns().filter(Boolean);
    return asked.length && runs.length ? place.fields.values(runs.map((run) => run.run_id), asked) : Promise.resolve(new Map());
  };
}

/** The mark within reach that is nearest. */
export function nearestMark(marks: readonly Mark[], x: number, y: number, reach: number): Mark | null {
  let best: Mark | null = null;
  let least = reach;
  for (const mark of marks) {
    const distance = Math.hypot(mark.x - x, mark.y - y);
    if (distance < least) {
      least = distance;
      best = mark;
    }
  }
  return best;
}
