/** All evaluations that a run left, one below the other. */

import { empty, h, replace } from './dom';
import { evaluationAt } from './outputs';
import type { RunRecord } from './record';
import { isOver } from './states';

export interface EvaluationsView {
  element: HTMLElement;
  show: (record: RunRecord) => void;
}

export function evaluationsView(base: string): EvaluationsView {
  const element = h('div');
  let shown = '-';
  let stops: (() => void)[] = [];
  return {
    element,
    show: (record) => {
      const found = record.steps.flatMap((step) => step.outputs.filter((output) => output.type === 'evaluation').map((output) => ({ step, output })));
      const signature = JSON.stringify([found.map(({ step, output }) => [step.run_id, output.port]), !found.length && isOver(record.status)]);
      if (shown === signature) return;
      shown = signature;
      for (const stop of stops) stop();
      stops = [];
      const sections = found.map(({ step, output }) => {
        const body = h('div');
        stops.push(evaluationAt(body, `${base}/${step.run_id}/outputs/${encodeURIComponent(output.port)}/evaluation`));
        return h('section', { class: 'mb-4', 'aria-label': step.name }, found.length > 1 ? h('h2', { class: 'studio-name fs-2' }, step.name) : null, body);
      });
      const nothing = h('div', { class: 'card' }, empty('No evaluation yet', isOver(record.status) ? 'The node that makes it did not finish.' : 'It appears here as soon as the node that makes it is done.'));
      replace(element, ...(sections.length ? sections : [nothing]));
    },
  };
}
