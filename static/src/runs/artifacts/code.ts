/** Text with the colours of its language, read only. The editor is fetched when the first text is looked at. */

import { isDark } from '../../app/theme';
import { h } from '../dom';

export interface CodeView {
  stop: () => void;
}

/** Beyond this colours cost more than they tell. */
const MOST_COLOURED = 400_000;

export async function showCode(element: HTMLElement, text: string, language: string, label: string): Promise<CodeView> {
  if (text.length > MOST_COLOURED) {
    element.replaceChildren(h('pre', { class: 'studio-plain', tabindex: '0', 'aria-label': label }, text));
    return { stop: () => {} };
  }
  const [{ EditorView, lineNumbers }, { EditorState }, { defaultHighlightStyle, syntaxHighlighting, foldGutter }, { oneDark }, support] = await Promise.all([
    import('@codemirror/view'),
    import('@codemirror/state'),
    import('@codemirror/language'),
    import('@codemirror/theme-one-dark'),
    languageSupport(language),
  ]);
  element.replaceChildren();
  const view = new EditorView({
    parent: element,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        foldGutter(),
        EditorView.lineWrapping,
        EditorState.readOnly.of(true),
        EditorView.editable.of(false),
        EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
        syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
        ...(isDark() ? [oneDark] : []),
        ...support,
      ],
    }),
  });
  return { stop: () => view.destroy() };
}

async function languageSupport(language: string): Promise<import('@codemirror/state').Extension[]> {
  switch (language) {
    case 'python':
      return [(await import('@codemirror/lang-python')).python()];
    case 'sql':
      return [(await import('@codemirror/lang-sql')).sql()];
    case 'json':
      return [(await import('@codemirror/lang-json')).json()];
    case 'yaml':
      return [(await import('@codemirror/lang-yaml')).yaml()];
    case 'markdown':
      return [(await import('@codemirror/lang-markdown')).markdown()];
    default:
      return [];
  }
}
