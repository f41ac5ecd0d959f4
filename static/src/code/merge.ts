/** CodeMirror's difference of two texts. Fetched by `codeDiff` when it is needed; nobody else imports it. */

import './diff.css';

import { json } from '@codemirror/lang-json';
import { markdown } from '@codemirror/lang-markdown';
import { python } from '@codemirror/lang-python';
import { sql } from '@codemirror/lang-sql';
import { yaml } from '@codemirror/lang-yaml';
import { defaultHighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { oneDark } from '@codemirror/theme-one-dark';
import { drawSelection, EditorView, lineNumbers } from '@codemirror/view';

import { isDark } from '../app/theme';

export type MergeModule = typeof import('./merge');

const LANGUAGES: Record<string, () => Extension> = { python, sql: () => sql(), json, yaml, markdown };
const COLLAPSED = { margin: 3, minSize: 6 };
/** A text that has changed all over must not keep the page waiting. */
const DIFF = { scanLimit: 2000, timeout: 500 };

export function side(parent: HTMLElement, left: string, right: string, language: string, titles: [string, string]): () => void {
  const theme = new Compartment();
  const view = new MergeView({
    parent,
    a: { doc: left, extensions: common(language, `${titles[0]}, before`, theme) },
    b: { doc: right, extensions: common(language, `${titles[1]}, after`, theme) },
    gutter: true,
    highlightChanges: true,
    collapseUnchanged: COLLAPSED,
    diffConfig: DIFF,
  });
  return following([view.a, view.b], theme, () => view.destroy());
}

export function inline(parent: HTMLElement, left: string, right: string, language: string, titles: [string, string]): () => void {
  const theme = new Compartment();
  const merged = unifiedMergeView({ original: left, mergeControls: false, gutter: true, highlightChanges: true, collapseUnchanged: COLLAPSED, diffConfig: DIFF });
  const view = new EditorView({ parent, doc: right, extensions: [common(language, `${titles[0]} and ${titles[1]}`, theme), merged] });
  return following([view], theme, () => view.destroy());
}

export function single(parent: HTMLElement, text: string, language: string, title: string): () => void {
  const theme = new Compartment();
  const view = new EditorView({ parent, doc: text, extensions: common(language, title, theme) });
  return following([view], theme, () => view.destroy());
}

function common(language: string, label: string, theme: Compartment): Extension {
  return [
    lineNumbers(),
    drawSelection(),
    EditorView.lineWrapping,
    syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
    LANGUAGES[language]?.() ?? [],
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    // Not editable, and yet to be scrolled and read by the keyboard.
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0', role: 'textbox', 'aria-readonly': 'true', 'aria-multiline': 'true' }),
    theme.of(themeNow()),
  ];
}

const themeNow = (): Extension => (isDark() ? oneDark : []);

function following(views: EditorView[], theme: Compartment, destroy: () => void): () => void {
  const onTheme = (): void => {
    for (const view of views) view.dispatch({ effects: theme.reconfigure(themeNow()) });
  };
  document.addEventListener('themechange', onTheme);
  return () => {
    document.removeEventListener('themechange', onTheme);
    destroy();
  };
}
