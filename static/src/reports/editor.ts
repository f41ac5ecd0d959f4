/** The text of a report being written: CodeMirror with Markdown, and a menu of live blocks to begin from. */

import { indentWithTab } from '@codemirror/commands';
import { markdown } from '@codemirror/lang-markdown';
import { Compartment, EditorState } from '@codemirror/state';
import { oneDark } from '@codemirror/theme-one-dark';
import { EditorView, keymap } from '@codemirror/view';
import { basicSetup } from 'codemirror';

import { isDark } from '../app/theme';
import { h, icon } from '../runs/dom';

interface Start { title: string; icon: string; text: string }

const fenced = (lines: string[]): string => `\`\`\`atelier\n${lines.join('\n')}\n\`\`\`\n`;

export const STARTS: Start[] = [
  { title: 'Table of the best runs', icon: 'table', text: fenced(['show: table', 'title: The five best', 'order: metrics.accuracy DESC', 'limit: 5', 'columns: [metrics.accuracy, params.depth]']) },
  { title: 'Lines', icon: 'chart-line', text: fenced(['show: lines', 'metrics: [loss]', 'order: metrics.loss ASC', 'limit: 5', 'smoothing: 0.6']) },
  { title: 'Bars', icon: 'chart-bar', text: fenced(['show: bars', 'metrics: [accuracy]', 'order: metrics.accuracy DESC', 'limit: 10']) },
  { title: 'Scatter', icon: 'chart-dots', text: fenced(['show: scatter', 'x: params.learning_rate', 'y: metrics.accuracy', 'limit: 100']) },
  { title: 'Parallel coordinates', icon: 'chart-arcs', text: fenced(['show: parallel', 'columns: [params.depth, params.learning_rate, metrics.accuracy]', 'limit: 100']) },
  { title: 'Box plot', icon: 'chart-candle', text: fenced(['show: box', 'metrics: [accuracy]', 'by: params.model', 'limit: 100']) },
];

export interface Editor { element: HTMLElement; text(): string; replace(text: string): void; focus(): void; goTo(line: number): void }

export function editor(text: string, changed: (text: string) => void): Editor {
  const place = h('div', { class: 'studio-report-text' });
  const theme = new Compartment();
  const themeNow = () => (isDark() ? oneDark : []);
  const view = new EditorView({
    parent: place,
    state: EditorState.create({
      doc: text,
      extensions: [
        basicSetup,
        markdown(),
        EditorView.lineWrapping,
        keymap.of([indentWithTab]),
        theme.of(themeNow()),
        EditorView.contentAttributes.of({ 'aria-label': 'Text of the report, in Markdown. Escape, then Tab, leaves it.', spellcheck: 'true' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed(update.state.doc.toString());
        }),
      ],
    }),
  });
  document.addEventListener('themechange', () => view.dispatch({ effects: theme.reconfigure(themeNow()) }));

  const insert = (start: Start): void => {
    const line = view.state.doc.lineAt(view.state.selection.main.head);
    // A fence begins a line of its own, after an empty one.
    const before = line.text.trim() ? `\n\n` : line.number > 1 && view.state.doc.line(line.number - 1).text.trim() ? '\n' : '';
    view.dispatch({ changes: { from: line.to, insert: before + start.text }, selection: { anchor: line.to + before.length + start.text.length } });
    view.focus();
  };
  const menu = h(
    'div',
    { class: 'dropdown' },
    h('button', { type: 'button', class: 'btn btn-sm dropdown-toggle', 'data-bs-toggle': 'dropdown', 'aria-expanded': 'false' }, icon('chart-bar', 'me-1'), 'Insert a chart or table'),
    h('div', { class: 'dropdown-menu' }, ...STARTS.map((start) => h('button', { type: 'button', class: 'dropdown-item', onclick: () => insert(start) }, icon(start.icon, 'dropdown-item-icon'), start.title))),
  );
  const hint = h('span', { class: 'text-secondary small ms-auto' }, 'Markdown; the preview shows what readers see.');
  return {
    element: h('div', { class: 'card' }, h('div', { class: 'card-header py-2 gap-2' }, menu, hint), place),
    text: () => view.state.doc.toString(),
    replace: (next) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } }),
    focus: () => view.focus(),
    goTo: (number) => {
      const line = view.state.doc.line(Math.min(number, view.state.doc.lines));
      view.dispatch({ selection: { anchor: line.from }, effects: EditorView.scrollIntoView(line.from, { y: 'center' }) });
      view.focus();
    },
  };
}
