/** The list of reports: making one, putting one into the bin and taking it out again. */

import { api, sentence } from '../app/api';
import { toast } from '../app/toast';

const FIRST = '## What was tried\n\nWrite here.\n\n```atelier\nshow: table\ntitle: The last runs\norder: attributes.start_time DESC\nlimit: 5\ncolumns: [attributes.status]\n```\n';

export function startList(root: HTMLElement): void {
  const { api: address = '', home = '' } = root.dataset;
  const say = (error: unknown): void => void toast(sentence(error), 'danger');
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-new-report]')) {
    button.addEventListener('click', () => {
      button.disabled = true;
      api<{ id: number }>('POST', address, { title: 'Untitled report', body: FIRST })
        .then((made) => location.assign(`${home}${made.id}/?edit=1`))
        .catch((error: unknown) => {
          button.disabled = false;
          say(error);
        });
    });
  }
  root.addEventListener('click', (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>('[data-delete], [data-restore]');
    if (!button || button.disabled) return;
    button.disabled = true;
    const { delete: gone, restore, title = '' } = button.dataset;
    const row = button.closest('tr');
    const work = gone ? api('DELETE', `${address}/${gone}`) : api('POST', `${address}/${restore}/restore`);
    work
      .then(() => {
        row?.remove();
        if (gone) toast(`${title} is in the bin.`, 'success', { label: 'Undo', act: () => void api('POST', `${address}/${gone}/restore`).then(() => location.reload(), say) });
        else toast('Taken out of the bin.', 'success');
      })
      .catch((error: unknown) => {
        button.disabled = false;
        say(error);
      });
  });
}
