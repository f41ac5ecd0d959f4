/** A report as it is read: its text, and what its live blocks show now. */

import { sentence } from '../app/api';
import { markdown } from '../app/markdown';
import { h, replace } from '../runs/dom';
import { figureCard } from '../runs/figure';
import { figureOf, noteOf, tableOf, titleOf, type Drawn } from './figure';
import { segments, type Segment } from './segments';

type Block = Extract<Segment, { kind: 'block' }>;
interface Made { element: HTMLElement; stop: () => void; refresh: () => void }

export interface Reading {
  show(body: string): void;
  /** Ask anew for what the blocks show: something has happened to the runs. */
  refresh(): void;
}

export function reading(host: HTMLElement, ask: (block: Block) => Promise<Drawn>, runAddress: ((id: string) => string) | null): Reading {
  // By their text: typing elsewhere in the report draws no chart again.
  let made = new Map<string, Made>();
  return {
    show: (body) => {
      const kept = new Map<string, Made>();
      const parts = segments(body).map((segment) => {
        if (segment.kind === 'text') return h('div', {}, markdown(segment.text));
        const name = `${segment.text}\n${[...kept.keys()].filter((key) => key.startsWith(`${segment.text}\n`)).length}`;
        const one = made.get(name) ?? blockView(segment, ask, runAddress);
        kept.set(name, one);
        return one.element;
      });
      for (const [name, one] of made) if (!kept.has(name)) one.stop();
      made = kept;
      replace(host, ...(parts.length ? parts : [h('p', { class: 'text-secondary m-0' }, 'This report says nothing yet.')]));
    },
    refresh: () => made.forEach((one) => one.refresh()),
  };
}

function blockView(block: Block, ask: (block: Block) => Promise<Drawn>, runAddress: ((id: string) => string) | null): Made {
  const body = h('div', {}, h('p', { class: 'text-secondary' }, 'Reading the runs …'));
  const element = h('section', { class: 'studio-report-block', 'data-block': block.number });
  element.append(body);
  let stop = (): void => {};
  let shown = '';
  let stopped = false;
  let asking = false;
  let again = false;
  const refresh = async (): Promise<void> => {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    try {
      const drawn = await ask(block);
      const said = JSON.stringify(drawn);
      if (stopped || said === shown) return;
      shown = said;
      stop();
      stop = draw(body, drawn, runAddress);
    } catch (error) {
      // What stands there already stays: a moment without an answer takes nothing away.
      if (!stopped && !shown) replace(body, h('div', { class: 'alert alert-warning mb-0', role: 'status' }, sentence(error)));
    } finally {
      asking = false;
      if (again && !stopped) {
        again = false;
        void refresh();
      }
    }
  };
  void refresh();
  return {
    element,
    refresh: () => void refresh(),
    stop: () => {
      stopped = true;
      stop();
    },
  };
}

function draw(host: HTMLElement, drawn: Drawn, runAddress: ((id: string) => string) | null): () => void {
  const note = noteOf(drawn);
  const below = note ? h('p', { class: 'text-secondary small mt-1 mb-0' }, note) : null;
  if (drawn.block.show === 'table' || !drawn.rows.length) {
    const title = h('h3', { class: 'fs-3 mb-2' }, titleOf(drawn));
    replace(host, title, drawn.rows.length ? tableOf(drawn, runAddress) : null, below);
    return () => {};
  }
  const card = figureCard(figureOf(drawn));
  card.element.querySelector<HTMLElement>('.studio-figure')?.style.setProperty('height', `${drawn.block.height}px`);
  replace(host, card.element, below);
  return card.stop;
}
