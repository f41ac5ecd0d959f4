/** What came out of a node: each port, what was measured, what it printed, why it failed. */
import { useEffect, useState } from 'react';
import { sentence } from '../../app/api';
import { bytes, duration } from '../../app/format';
import type { NodeState, RunDetail } from '../api';
import type { Component } from '../graph/catalogue';
import type { NodeDoc } from '../graph/document';
import { Icon } from '../nodes/Icon';
import { env, type Studio, studio, useStudio } from '../store';
import { isOver } from '../store/running';
import { Logs } from './Logs';
import { Metrics } from './Metrics';
import { type Tab, Tabs } from './Tabs';
import { Value } from './Value';

const stateOf =
  (id: string) =>
  (state: Studio): NodeState | undefined =>
    state.states[id];
const mayRun = (state: Studio) => state.canEdit && !state.submitting && isOver(state.run);

export function Outcome({ node, component }: { node: NodeDoc; component: Component }) {
  const state = useStudio(stateOf(node.id));
  const failed = state && (state.status === 'failed' || state.status === 'errored');
  const [picked, setPicked] = useState<string | null>(null);
  const tabs: Tab[] = [
    ...(failed ? [{ key: 'error', title: 'Error', icon: 'ti-alert-circle' }] : []),
    ...component.outputs.map((port) => ({ key: `port ${port.name}`, title: port.title })),
    ...(state
      ? [
          { key: 'metrics', title: 'Metrics' },
          { key: 'logs', title: 'Log' },
        ]
      : []),
  ];
  const chosen = tabs.find((tab) => tab.key === picked)?.key ?? tabs[0]?.key ?? '';
  const port = component.outputs.find((candidate) => `port ${candidate.name}` === chosen);
  return (
    <>
      {state && <Facts state={state} />}
      <Tabs label="Outputs" tabs={tabs} chosen={chosen} choose={setPicked} />
      {chosen === 'error' && state && <Failure state={state} />}
      {port && <Value key={port.name} node={node} port={port.name} type={port.type} />}
      {chosen === 'metrics' && state && (
        <Metrics key={state.run_id} runId={state.run_id} over={!['queued', 'running'].includes(state.status)} />
      )}
      {chosen === 'logs' && state && <Logs key={state.run_id} node={node.id} runId={state.run_id} />}
      {!tabs.length && <p className="dvalue-none">This node gives nothing, and has not run yet.</p>}
    </>
  );
}

function Facts({ state }: { state: NodeState }) {
  const facts = [
    state.seconds !== null && duration(state.seconds),
    state.peak_memory !== null && `${bytes(state.peak_memory)} memory`,
    state.reuse_reason,
  ].filter(Boolean);
  if (!facts.length) return null;
  return <p className="dvalue-facts">{facts.join(' · ')}</p>;
}

function Failure({ state }: { state: NodeState }) {
  const [detail, setDetail] = useState<RunDetail | null>(null);
  const [said, setSaid] = useState('');
  const may = useStudio(mayRun);
  useEffect(() => {
    let gone = false;
    env()
      .api.run(state.run_id)
      .then((found) => !gone && setDetail(found))
      .catch((error: unknown) => !gone && setSaid(sentence(error)));
    return () => {
      gone = true;
    };
  }, [state.run_id]);
  return (
    <div className="dfailure">
      <p className="dfailure-sentence">
        <Icon name="ti-alert-circle" /> {state.error?.message ?? 'The node failed without saying why.'}
      </p>
      {may && (
        <button type="button" className="btn btn-sm" onClick={() => void studio().resume()}>
          <Icon name="ti-refresh" className="me-1" /> Run again from here
        </button>
      )}
      {detail?.error?.traceback && (
        <details>
          <summary>Where it happened</summary>
          <pre>{detail.error.traceback}</pre>
        </details>
      )}
      {said && <p className="text-secondary">{said}</p>}
    </div>
  );
}
