/** Taking in an experiment that was packed here or in another studio: choose the file, watch it go, be told where it is. */

import { api, sentence } from '../app/api';
import { bytes } from '../app/format';
import { toast } from '../app/toast';
import { Transfer, browserWire } from '../data/transfer';
import { h } from '../runs/dom';
import type { RunsApi } from './query';

export function takeIn(to: RunsApi): void {
  const field = h('input', { type: 'file', accept: '.zip,application/zip', hidden: true });
  field.addEventListener('change', () => {
    const file = field.files?.[0];
    field.remove();
    if (file) void send(to, file);
  });
  field.addEventListener('cancel', () => field.remove());
  document.body.append(field);
  field.click();
}

async function send(to: RunsApi, file: File): Promise<void> {
  const bar = h('progress', { class: 'w-100', max: Math.max(file.size, 1), value: 0, 'aria-label': `Sending ${file.name}` });
  const words = h('div', { class: 'small text-secondary' }, 'Sending …');
  const stop = h('button', { type: 'button', class: 'btn btn-sm' }, 'Stop');
  const told = h('div', { class: 'rt-sending card p-3', role: 'status' }, h('div', { class: 'fw-medium text-break' }, file.name), bar, words, stop);
  document.body.append(told);
  const transfer = new Transfer(file, browserWire(`${to.base}/data/uploads`, file, 'experiment'), (progress) => {
    bar.value = progress.sent;
    words.textContent = progress.trouble || `${bytes(progress.sent)} of ${bytes(progress.size)}`;
  });
  const leaving = (event: BeforeUnloadEvent): void => event.preventDefault();
  window.addEventListener('beforeunload', leaving);
  stop.addEventListener('click', () => transfer.cancel());
  try {
    const upload = await transfer.run();
    const { run_id } = await api<{ run_id: string }>('POST', `${to.base}/experiments/take-in`, { upload });
    const address = to.base.replace('/api/v1', '');
    toast(`${file.name} has arrived and is being taken in.`, 'success', { label: 'Look', act: () => location.assign(`${address}/runs/${run_id}/`) });
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'AbortError')) toast(sentence(error), 'danger');
  } finally {
    window.removeEventListener('beforeunload', leaving);
    told.remove();
  }
}
