/** CodeMirror, set up as the studio wants it. */
import { python } from '@codemirror/lang-python';
import { sql } from '@codemirror/lang-sql';
import { Compartment, EditorState } from '@codemirror/state';
import { oneDark } from '@codemirror/theme-one-dark';
import { EditorView, keymap } from '@codemirror/view';
import { indentWithTab } from '@codemirror/commands';
import { basicSetup } from 'codemirror';
import { isDark } from '../../app/theme';

type Options = { text: string; language: string; label: string; readOnly: boolean; changed(text: string): void };

export function makeEditor(parent: HTMLElement, { text, language, label, readOnly, changed }: Options) {
  const theme = new Compartment();
  const themeNow = () => (isDark() ? oneDark : []);
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        basicSetup,
        language === 'sql' ? sql() : language === 'python' ? python() : [],
        // Escape, then Tab, leaves the editor: CodeMirror's own way out for the keyboard.
        keymap.of([indentWithTab]),
        theme.of(themeNow()),
        EditorState.readOnly.of(readOnly),
        EditorView.contentAttributes.of({ 'aria-label': label }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !update.transactions.some((one) => one.isUserEvent('studio')))
            changed(update.state.doc.toString());
        }),
      ],
    }),
  });
  const onTheme = (): void => view.dispatch({ effects: theme.reconfigure(themeNow()) });
  document.addEventListener('themechange', onTheme);
  return {
    text: () => view.state.doc.toString(),
    replace: (next: string) =>
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next }, userEvent: 'studio' }),
    destroy() {
      document.removeEventListener('themechange', onTheme);
      view.destroy();
    },
  };
}
