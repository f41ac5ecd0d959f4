/** What a node left on a port, from its latest run; before any run, what is foreseen. */
import { useEffect, useRef, useState } from 'react';
import { sentence } from '../../app/api';
import { number } from '../../app/format';
import type { NodeState, Output, Schema, Summary } from '../api';
import { DATA } from '../graph/catalogue';
import type { NodeDoc } from '../graph/document';
import { Icon } from '../nodes/Icon';
import { kindIcon } from '../nodes/words';
import { env, type Studio, studio, useStudio } from '../store';
import { isOver } from '../store/running';
import { Register } from './Register';
import { mount } from './mount';

type Props = { node: NodeDoc; port: string; type: string };

const stateOf =
  (id: string) =>
  (state: Studio): NodeState | undefined =>
    state.states[id];
const schemaOf =
  (id: string, port: string) =>
  (state: Studio): Schema | undefined =>
    state.schemas[id]?.outputs[port];
const mayRun = (state: Studio) => state.canEdit && !state.submitting && isOver(state.run);

export function Value({ node, port, type }: Props) {
  const state = useStudio(stateOf(node.id));
  const schema = useStudio(schemaOf(node.id, port));
  const output = state?.outputs.find((candidate) => candidate.port === port);
  if (state && output) {
    return (
      <>
        {state.stale && (
          <div className="dvalue-stale">
            <Icon name="ti-history" /> Out of date: settings or inputs have changed since.
          </div>
        )}
        <Shown key={`${state.run_id} ${port}`} runId={state.run_id} output={output} />
      </>
    );
  }
  // Data can be looked at before anything has run.
  const asset =
    node.component === DATA ? (node.params.asset as { name?: string; version?: number | null } | undefined) : undefined;
  if (asset?.name)
    return <AssetTable key={`${asset.name} ${asset.version}`} name={asset.name} version={asset.version ?? null} />;
  return <Foreseen node={node} state={state} schema={schema} type={type} />;
}

function Shown({ runId, output }: { runId: string; output: Output }) {
  const { api } = env();
  switch (output.type) {
    case 'table':
      return <Grid rows={api.rowsUrl(runId, output.port)} profile={api.profileUrl(runId, output.port)} />;
    case 'evaluation':
      return <Evaluation runId={runId} port={output.port} />;
    default:
      return (
        <div className="dvalue-details">
          <Details summary={output.summary} />
          {output.type === 'model' && <Register runId={runId} port={output.port} />}
        </div>
      );
  }
}

function Grid({ rows, profile }: { rows: string; profile: string }) {
  const place = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState('');
  useEffect(() => {
    const gone = mount(place.current, setFailed, async (element) => {
      const { mountGrid } = await import('../../data/grid');
      return mountGrid(element, { rowsUrl: rows, profileUrl: profile });
    });
    return gone;
  }, [rows, profile]);
  return failed ? <p className="dvalue-none">{failed}</p> : <div ref={place} className="dvalue-grid" />;
}

function Evaluation({ runId, port }: { runId: string; port: string }) {
  const place = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState('');
  useEffect(
    () =>
      mount(place.current, setFailed, async (element) => {
        const [{ mountEvaluation }, evaluation] = await Promise.all([
          import('../../runs/evaluation'),
          env().api.evaluation(runId, port),
        ]);
        return mountEvaluation(element, evaluation as Parameters<typeof mountEvaluation>[1]);
      }),
    [runId, port],
  );
  return failed ? <p className="dvalue-none">{failed}</p> : <div ref={place} className="dvalue-evaluation" />;
}

function AssetTable({ name, version }: { name: string; version: number | null }) {
  const [number_, setNumber] = useState<number | null>(version);
  const [failed, setFailed] = useState('');
  useEffect(() => {
    let gone = false;
    if (version === null) {
      env()
        .api.assetVersions(name)
        .then((answer) => {
          const all = Array.isArray(answer) ? answer : answer.results;
          const ready = all.filter((one) => one.status === 'ready').map((one) => one.number);
          if (gone) return;
          if (ready.length) setNumber(Math.max(...ready));
          else setFailed(`“${name}” has no version that is ready.`);
        })
        .catch((error: unknown) => !gone && setFailed(sentence(error)));
    }
    return () => {
      gone = true;
    };
  }, [name, version]);
  if (failed) return <p className="dvalue-none">{failed}</p>;
  if (number_ === null) return <p className="dvalue-none">Looking…</p>;
  return <Grid rows={env().api.assetRowsUrl(name, number_)} profile={env().api.assetProfileUrl(name, number_)} />;
}

function Foreseen({
  node,
  state,
  schema,
  type,
}: {
  node: NodeDoc;
  state: NodeState | undefined;
  schema: Schema | undefined;
  type: string;
}) {
  const may = useStudio(mayRun);
  const columns = schema?.type === 'table' && schema.known !== false ? (schema.columns ?? []) : [];
  return (
    <div className="dvalue-none">
      <p>{waiting(state, type)}</p>
      {may && (!state || state.status !== 'running') && (
        <button type="button" className="btn btn-sm" onClick={() => void studio().submit('to', node.id)}>
          <Icon name="ti-player-track-next" className="me-1" /> Run up to {node.title}
        </button>
      )}
      {columns.length > 0 && (
        <div className="dvalue-columns">
          <p>
            {columns.length} {columns.length === 1 ? 'column' : 'columns'} will arrive:
          </p>
          <ul>
            {columns.slice(0, 200).map((column) => (
              <li key={column.name}>
                <Icon name={kindIcon(column.kind)} /> {column.name} <small>{column.kind}</small>
              </li>
            ))}
          </ul>
          {columns.length > 200 && <p>200 of {columns.length} are listed.</p>}
        </div>
      )}
    </div>
  );
}

function waiting(state: NodeState | undefined, type: string): string {
  if (!state) return 'Nothing yet: this has not run.';
  switch (state.status) {
    case 'queued':
      return 'Waiting for its turn.';
    case 'running':
      return 'Running; the result appears here.';
    case 'failed':
    case 'errored':
      return 'There is no result: the node failed.';
    case 'skipped':
      return 'Skipped: a node before it did not finish.';
    case 'cancelled':
      return 'There is no result: the run was cancelled.';
    default:
      return `There is no ${type} to show.`;
  }
}

/** Short facts as they come; longer ones folded away. */
function Details({ summary }: { summary: Summary }) {
  const facts = Object.entries(summary).filter(([, value]) => value !== null && value !== '');
  if (!facts.length) return <p className="dvalue-none">Ready. There are no further details.</p>;
  return (
    <dl>
      {facts.map(([key, value]) => (
        <div key={key}>
          <dt>{key.replace(/_/g, ' ')}</dt>
          <dd>
            {typeof value === 'object' ? (
              <Folded value={value} />
            ) : typeof value === 'number' ? (
              number(value)
            ) : (
              String(value)
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Folded({ value }: { value: unknown }) {
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) return <>{value.join(', ')}</>;
  if (Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null && 'name' in one)) {
    return <>{value.map((one: { name: string; kind?: string }) => one.name).join(', ')}</>;
  }
  return <pre>{JSON.stringify(value, null, 1)}</pre>;
}
