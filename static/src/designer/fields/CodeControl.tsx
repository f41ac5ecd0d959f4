/** Code, in CodeMirror; fetched only when a node with code is opened. */
import { useEffect, useRef } from 'react';
import type { ControlProps } from './Field';

type Editor = { text(): string; replace(text: string): void; destroy(): void };

export function CodeControl({ param, id, value, set, readOnly, invalid }: ControlProps) {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | null>(null);
  const latest = useRef({ value, set });
  latest.current = { value, set };
  const text = typeof value === 'string' ? value : '';

  useEffect(() => {
    let gone = false;
    void import('./editor').then(({ makeEditor }) => {
      if (gone || !place.current) return;
      editor.current = makeEditor(place.current, {
        text: String(latest.current.value ?? ''),
        language: param.language,
        label: param.title,
        readOnly,
        changed: (next) => latest.current.set(next),
      });
    });
    return () => {
      gone = true;
      editor.current?.destroy();
      editor.current = null;
    };
  }, [param.language, param.title, readOnly]);

  useEffect(() => {
    if (editor.current && editor.current.text() !== text) editor.current.replace(text);
  }, [text]);

  return <div ref={place} id={id} className={`dcode ${invalid ? 'is-invalid' : ''}`} />;
}
