/** What people say about a run, oldest first. */

import { api, sentence } from '../app/api';
import { ago, number } from '../app/format';
import { markdown } from '../app/markdown';
import { toast } from '../app/toast';
import { markdownEditor, type AboutView, type NoteContext } from './description';
import { h, icon, replace } from './dom';

interface Comment {
  id: number;
  author: string | null;
  author_name: string;
  mine: boolean;
  text: string;
  created_at: string;
  edited_at: string | null;
}
interface Page {
  results: Comment[];
  next: string | null;
}

export interface CommentsView extends AboutView {
  /** Something was written somewhere: look whether it was a comment. */
  wake: () => void;
}

export function commentsView(context: NoteContext & { mayTidy: boolean }): CommentsView {
  const list = h('div', { class: 'studio-comments' });
  const more = h('button', { type: 'button', class: 'btn btn-sm mb-3', hidden: true, onclick: () => void read(false) }, 'Show later comments');
  const editor =
    context.mayEdit &&
    markdownEditor({
      label: 'Write a comment',
      text: '',
      save: 'Comment',
      rows: 3,
      onSave: async (text) => {
        await api('POST', `${context.address}/comments`, { text });
        editor && editor.clear();
        await read(true);
      },
    });
  const title = h('h2', { class: 'card-title fs-4' }, 'Comments');
  const element = h('section', { class: 'card mb-3', 'aria-label': 'Comments' }, h('div', { class: 'card-header py-2' }, title), h('div', { class: 'card-body py-3' }, list, more, editor && editor.element));
  const rows = new Map<number, { row: HTMLElement; shown: string }>();
  let next: string | null = null;
  let total = 0;
  let known = -1;
  let editing = 0;

  /** From the beginning as far as was read before, or one page more. */
  const read = async (again: boolean): Promise<void> => {
    try {
      const found: Comment[] = [];
      let address: string | null = again || !next ? `${context.address}/comments?page_size=100` : next;
      const wanted = again ? Math.max(rows.size + 1, 100) : 100;
      while (address && found.length < wanted) {
        const page: Page = await api<Page>('GET', address);
        found.push(...page.results);
        address = page.next;
      }
      next = address;
      draw(found, again);
    } catch (error) {
      toast(sentence(error), 'danger');
    }
  };

  const draw = (found: Comment[], again: boolean): void => {
    if (again) {
      const there = new Set(found.map((one) => one.id));
      for (const [id, { row }] of rows) {
        if (there.has(id)) continue;
        row.remove();
        rows.delete(id);
      }
    }
    for (const comment of found) {
      const shown = JSON.stringify(comment);
      const before = rows.get(comment.id);
      if (before?.shown === shown || editing === comment.id) continue;
      const row = rowOf(comment);
      if (before) before.row.replaceWith(row);
      else list.append(row);
      rows.set(comment.id, { row, shown });
    }
    more.hidden = !next;
    title.textContent = total ? `Comments (${number(total)})` : 'Comments';
    list.querySelector('.studio-none')?.remove();
    if (!rows.size) list.append(h('p', { class: 'text-secondary studio-none' }, 'Nobody has said anything yet.'));
  };

  const rowOf = (comment: Comment): HTMLElement => {
    const body = h('div', { class: 'studio-markdown studio-name' });
    body.append(markdown(comment.text));
    const row = h(
      'article',
      { class: 'studio-comment', 'aria-label': `Comment by ${comment.author_name}` },
      h(
        'div',
        { class: 'd-flex align-items-center gap-2 mb-1' },
        h('span', { class: 'fw-medium studio-name' }, comment.author_name),
        h('time', { class: 'text-secondary small', datetime: comment.created_at, title: new Date(comment.created_at).toLocaleString('en-GB') }, ago(comment.created_at)),
        comment.edited_at && h('span', { class: 'text-secondary small', title: new Date(comment.edited_at).toLocaleString('en-GB') }, 'edited'),
        h('span', { class: 'ms-auto' }),
        comment.mine && context.mayEdit && small('pencil', 'Edit this comment', () => edit(comment, row)),
        (comment.mine || context.mayTidy) && context.mayEdit && small('trash', 'Delete this comment', () => void remove(comment)),
      ),
      body,
    );
    return row;
  };

  const edit = (comment: Comment, row: HTMLElement): void => {
    editing = comment.id;
    const done = (): void => {
      editing = 0;
      rows.set(comment.id, { row: rows.get(comment.id)?.row ?? row, shown: '' });
      void read(true);
    };
    const box = markdownEditor({
      label: 'Change the comment',
      text: comment.text,
      save: 'Save',
      rows: 4,
      onSave: async (text) => {
        await api('PATCH', `${context.address}/comments/${comment.id}`, { text });
        done();
      },
      onCancel: done,
    });
    replace(row, box.element);
    box.focus();
  };

  const remove = async (comment: Comment): Promise<void> => {
    try {
      await api('DELETE', `${context.address}/comments/${comment.id}`);
      context.changed();
      await read(true);
      // Only one's own words can be put back: a comment carries its author's name.
      toast('The comment was deleted.', 'info', comment.mine ? { label: 'Undo', act: () => void api('POST', `${context.address}/comments`, { text: comment.text }).then(() => read(true)) } : undefined);
    } catch (error) {
      toast(sentence(error), 'danger');
    }
  };

  return {
    element,
    wake: () => known >= 0 && void read(true),
    show: (about) => {
      total = about.comments;
      if (known === total) return;
      known = total;
      void read(true);
    },
  };
}

function small(name: string, label: string, act: () => void): HTMLElement {
  return h('button', { type: 'button', class: 'btn btn-icon btn-sm btn-ghost-secondary', title: label, 'aria-label': label, onclick: act }, icon(name));
}
