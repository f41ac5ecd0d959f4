/** What can be done with a run as a whole: rename, star, copy, compare, archive, delete; each with its way back. */

import { api, ApiError, sentence } from '../app/api';
import { toast } from '../app/toast';
import { loadingCode, type About } from './about';
import { h, icon, replace } from './dom';
import type { RunRecord } from './record';
import { isOver } from './states';

export interface ActionContext {
  /** Of the run, in the API. */
  address: string;
  workspace: string;
  home: string;
  mayEdit: boolean;
  changed: () => void;
}

export interface ActionsView {
  show: (record: RunRecord, about: About) => void;
}

export function actions(context: ActionContext): ActionsView {
  const title = document.querySelector<HTMLElement>('[data-run-title]');
  const menu = document.querySelector<HTMLElement>('[data-run-menu]');
  const notice = document.querySelector<HTMLElement>('[data-run-notice]');
  const star = h('button', { type: 'button', class: 'btn btn-icon btn-ghost-secondary', 'data-act': 'star' });
  const name = h('span', { class: 'studio-name' });
  const rename = context.mayEdit && h('button', { type: 'button', class: 'btn btn-icon btn-ghost-secondary btn-sm', title: 'Rename', 'aria-label': 'Rename this run', 'data-act': 'rename', onclick: () => open() }, icon('pencil'));
  let run: RunRecord | null = null;
  let about: About | null = null;
  let shown = '';
  let renaming = false;

  const act = async (method: string, path: string, done?: () => void): Promise<void> => {
    try {
      await api(method, `${context.address}${path}`);
      context.changed();
      done?.();
    } catch (error) {
      toast(sentence(error), 'danger');
    }
  };

  const open = (): void => {
    if (!title || !about) return;
    const input = h('input', { class: 'form-control studio-rename', maxlength: 250, 'aria-label': 'Name of the run', value: about.name });
    input.value = about.name;
    const wrong = h('div', { class: 'text-danger small', role: 'alert' });
    renaming = true;
    const close = (): void => {
      renaming = false;
      shown = '';
      draw();
      title.querySelector<HTMLElement>('[data-act="rename"]')?.focus();
    };
    const form = h('form', { class: 'd-flex flex-wrap gap-2 align-items-center', novalidate: true }, input, h('button', { class: 'btn btn-primary' }, 'Save'), h('button', { type: 'button', class: 'btn', onclick: close }, 'Cancel'), wrong);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      api<About>('PATCH', context.address, { name: input.value })
        .then((fresh) => {
          about = fresh;
          close();
          context.changed();
        })
        .catch((error: unknown) => {
          const said = error instanceof ApiError ? error.fields.name : undefined;
          wrong.textContent = Array.isArray(said) ? String(said[0]) : sentence(error);
          input.focus();
        });
    });
    form.addEventListener('keydown', (event) => event.key === 'Escape' && close());
    replace(title, form);
    input.select();
  };

  star.addEventListener('click', () => {
    if (!about) return;
    about = { ...about, starred: !about.starred, stars: about.stars + (about.starred ? -1 : 1) };
    drawStar();
    void act(about.starred ? 'PUT' : 'DELETE', '/star');
  });

  const drawStar = (): void => {
    if (!about) return;
    const label = about.starred ? 'Take away your star' : 'Mark it with your star';
    star.title = about.stars ? `${label} (${about.stars} ${about.stars === 1 ? 'person has' : 'people have'} marked it)` : label;
    star.setAttribute('aria-label', label);
    star.setAttribute('aria-pressed', String(about.starred));
    replace(star, icon(about.starred ? 'star-filled' : 'star', about.starred ? 'text-yellow' : ''));
  };

  const drawMenu = (): void => {
    if (!menu || !run || !about) return;
    const { run_id } = run;
    const mayPut = context.mayEdit && (isOver(run.status) || run.kind === 'tracked');
    const items: (HTMLElement | false | null)[] = [
      item('copy', 'Copy the id', () => copyText(run_id, 'The id')),
      item('code', 'Copy the code that loads it', () => copyText(loadingCode(location.origin, context.workspace, run_id), 'The code')),
      h('a', { class: 'dropdown-item', href: `${context.home}/runs/compare/?runs=${[run_id, about.previous?.run_id].filter(Boolean).join(',')}` }, icon('git-compare', 'dropdown-item-icon'), about.previous ? 'Compare with the run before' : 'Compare'),
      context.mayEdit && h('div', { class: 'dropdown-divider' }),
      mayPut && !about.archived_at && item('archive', 'Archive', () => void act('POST', '/archive', () => toast('The run was archived: it is out of the lists.', 'info', { label: 'Undo', act: () => void act('POST', '/unarchive') }))),
      context.mayEdit && about.archived_at ? item('archive-off', 'Bring back into the lists', () => void act('POST', '/unarchive')) : null,
      mayPut && !about.deleted_at && item('trash', 'Delete', () => void act('DELETE', '', () => toast('The run is in the bin. It can be restored for 30 days.', 'info', { label: 'Undo', act: () => void act('POST', '/restore') })), 'text-danger'),
      context.mayEdit && about.deleted_at ? item('restore', 'Restore', () => void act('POST', '/restore')) : null,
    ];
    replace(menu, ...items);
  };

  const drawNotice = (): void => {
    if (!notice || !about) return;
    const words = about.deleted_at ? 'This run is in the bin. It is deleted for good 30 days after it was put there.' : about.archived_at ? 'This run has been archived: it is no longer in the lists.' : '';
    notice.hidden = !words;
    replace(
      notice,
      words &&
        h(
          'div',
          { class: `alert ${about.deleted_at ? 'alert-warning' : 'alert-info'} d-flex flex-wrap gap-2 align-items-center`, role: 'status' },
          icon(about.deleted_at ? 'trash' : 'archive', 'alert-icon'),
          h('div', { class: 'flex-fill' }, words),
          context.mayEdit && h('button', { type: 'button', class: 'btn btn-sm', onclick: () => void act('POST', about!.deleted_at ? '/restore' : '/unarchive') }, about.deleted_at ? 'Restore' : 'Bring back'),
        ),
    );
  };

  const draw = (): void => {
    if (!run || !about) return;
    const signature = JSON.stringify([run.status, about.name, about.starred, about.stars, about.archived_at, about.deleted_at, about.previous]);
    if (signature === shown) return;
    shown = signature;
    name.textContent = about.name;
    // Somebody is typing another name.
    if (title && !renaming) replace(title, name, ' ', rename, star);
    document.title = document.title.replace(/^[^·]*/, `${about.name} `);
    drawStar();
    drawMenu();
    drawNotice();
  };

  return {
    show: (freshRun, freshAbout) => {
      run = freshRun;
      about = freshAbout;
      draw();
    },
  };
}

export function copyText(text: string, what: string): void {
  // Away from HTTPS and this machine browsers hide the clipboard.
  if (!navigator.clipboard) {
    window.prompt(`Copy ${what.toLowerCase()}:`, text);
    return;
  }
  navigator.clipboard.writeText(text).then(
    () => toast(`${what} is in the clipboard.`, 'success'),
    () => window.prompt(`Copy ${what.toLowerCase()}:`, text),
  );
}

function item(name: string, label: string, act: () => void, look = ''): HTMLElement {
  return h('button', { type: 'button', class: `dropdown-item ${look}`, onclick: act }, icon(name, 'dropdown-item-icon'), label);
}
