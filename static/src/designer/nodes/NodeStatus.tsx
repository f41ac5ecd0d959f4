/** The line under a node: its state in a word, how long it took or takes, and its problems. */
import { memo, useEffect, useRef } from 'react';
import { bytes, duration } from '../../app/format';
import type { NodeState, Problem } from '../api';
import { type Studio, studio, useStudio } from '../store';
import { Icon } from './Icon';
import { nodeLook } from './words';

const stateOf =
  (id: string) =>
  (state: Studio): NodeState | undefined =>
    state.preview ? undefined : state.states[id];
const problemsOf =
  (id: string) =>
  (state: Studio): Problem[] | undefined =>
    state.preview ? undefined : state.byNode[id];
const sinceOf =
  (id: string) =>
  (state: Studio): number | undefined =>
    state.since[id];

export const NodeStatus = memo(function NodeStatus({ id }: { id: string }) {
  const state = useStudio(stateOf(id));
  const problems = useStudio(problemsOf(id));
  const since = useStudio(sinceOf(id));
  const look = nodeLook(state);
  const share = state?.status === 'running' ? shareOf(state) : null;
  return (
    <div className={`dnode-status tone-${look.tone}`} title={tooltip(state)}>
      <span className="dnode-state">
        <Icon name={look.icon} className={look.tone === 'busy' ? 'is-turning' : ''} /> {look.word}
        {state?.status === 'running' ? since !== undefined && <Elapsed since={since} /> : <Took state={state} />}
        {share !== null && ` · ${Math.round(share * 100)} %`}
      </span>
      {problems && problems.length > 0 && <Troubles id={id} problems={problems} />}
      {share !== null && (
        <progress
          className="dnode-progress"
          value={share}
          max={1}
          aria-label={state?.progress?.message || 'Progress'}
        />
      )}
    </div>
  );
});

function Took({ state }: { state: NodeState | undefined }) {
  if (!state || state.seconds === null || state.reused || state.status !== 'completed') return null;
  return <> · {duration(state.seconds)}</>;
}

function Troubles({ id, problems }: { id: string; problems: Problem[] }) {
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const count = errors || problems.length;
  const word = errors ? (count === 1 ? 'problem' : 'problems') : count === 1 ? 'hint' : 'hints';
  return (
    <button
      type="button"
      tabIndex={-1}
      className={`dnode-trouble nodrag ${errors ? 'is-error' : 'is-warning'}`}
      title={problems.map((problem) => problem.message).join('\n')}
      onClick={(event) => {
        event.stopPropagation();
        studio().openNode(id, problems[0]?.param ?? null);
      }}
    >
      <Icon name={errors ? 'ti-alert-triangle' : 'ti-info-circle'} /> {count} {word}
    </button>
  );
}

/** Counts up by itself: no store, no rendering, ten times the nodes would not be felt. */
function Elapsed({ since }: { since: number }) {
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const show = (): void => {
      if (place.current) place.current.textContent = ` · ${duration(Math.round((Date.now() - since) / 1000))}`;
    };
    show();
    const timer = setInterval(show, 1000);
    return () => clearInterval(timer);
  }, [since]);
  return <span ref={place} />;
}

function shareOf({ progress }: NodeState): number | null {
  if (!progress?.total || progress.done === undefined) return null;
  return Math.min(1, Math.max(0, progress.done / progress.total));
}

function tooltip(state: NodeState | undefined): string {
  if (!state) return 'This node has not run yet.';
  return [
    state.stale && 'Settings or inputs have changed since; run again for a fresh result.',
    state.reuse_reason,
    state.seconds !== null && `Took ${duration(state.seconds)}.`,
    state.peak_memory !== null && `Used at most ${bytes(state.peak_memory)} of memory.`,
    state.progress?.message,
    state.error?.message,
  ]
    .filter(Boolean)
    .join('\n');
}
