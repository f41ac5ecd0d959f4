/** The table as a file: all rows that match, with the columns as they stand. */

import { ApiError, csrfToken } from '../app/api';
import { saveAs } from '../runs/dom';
import type { Question, RunsApi } from './query';

export async function exportRuns(api: RunsApi, question: Question, columns: string[], format: 'csv' | 'parquet'): Promise<void> {
  const answer = await fetch(`${api.base}/runs/export?format=${format}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrfToken() },
    body: JSON.stringify({ ...question, columns }),
    credentials: 'same-origin',
  });
  if (!answer.ok) {
    const said = (await answer.json().catch(() => null)) as { message?: string; code?: string } | null;
    throw new ApiError(answer.status, said?.code ?? 'http', said?.message ?? `The studio answered ${answer.status}.`);
  }
  const address = URL.createObjectURL(await answer.blob());
  saveAs(`${api.workspace}-runs.${format}`, address);
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
