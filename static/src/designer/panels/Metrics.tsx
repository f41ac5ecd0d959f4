/** What a node measured. */
import { useEffect, useState } from 'react';
import { sentence } from '../../app/api';
import { metricText, titleOf } from '../../runs/metricNames';
import { env } from '../store';

type Row = { key: string; value: number };

export function Metrics({ runId, over }: { runId: string; over: boolean }) {
  const [rows, setRows] = useState<Row[] | null>(null);
  const [failed, setFailed] = useState('');
  useEffect(() => {
    let gone = false;
    env()
      .api.run(runId)
      .then((run) => !gone && setRows(readMetrics(run.metrics)))
      .catch((error: unknown) => !gone && setFailed(sentence(error)));
    return () => {
      gone = true;
    };
  }, [runId, over]);
  if (failed) return <p className="dvalue-none">{failed}</p>;
  if (!rows) return <p className="dvalue-none">Looking…</p>;
  if (!rows.length) return <p className="dvalue-none">This node measured nothing.</p>;
  return (
    <table className="table table-sm dmetrics">
      <tbody>
        {rows.map((row) => (
          <tr key={row.key}>
            <th scope="row">{titleOf(row.key)}</th>
            <td>{metricText(row.key, row.value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Given as a list of summaries, or as an object by key. */
export function readMetrics(metrics: unknown): Row[] {
  const entries: [string, unknown][] = Array.isArray(metrics)
    ? metrics.map((one: Record<string, unknown>) => [String(one.key), one])
    : Object.entries((metrics ?? {}) as Record<string, unknown>);
  return entries.flatMap(([key, one]) => {
    const value =
      typeof one === 'object' && one !== null
        ? ((one as { last?: unknown; value?: unknown }).last ?? (one as { value?: unknown }).value)
        : one;
    return typeof value === 'number' ? [{ key, value }] : [];
  });
}
