/** The sheet of keys. */
import { useEffect, useRef } from 'react';
import { SHORTCUTS } from '../canvas/shortcuts';
import { focusCanvas } from '../canvas/instance';
import { isMac } from '../canvas/keys';
import { type Studio, studio, useStudio } from '../store';

const openOf = (state: Studio) => state.shortcuts;
const GROUPS = ['Edit', 'Move about', 'See', 'Run'] as const;

export function Shortcuts() {
  const open = useStudio(openOf);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
  }, [open]);
  if (!open) return null;
  return (
    <dialog
      ref={dialog}
      className="ddialog dshortcuts"
      aria-label="Keyboard shortcuts"
      onClose={() => {
        studio().patch({ shortcuts: false });
        focusCanvas();
      }}
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
    >
      <header>
        <h2>Keyboard shortcuts</h2>
        <button type="button" className="btn-close" aria-label="Close" onClick={() => dialog.current?.close()} />
      </header>
      <div className="dshortcuts-groups">
        {GROUPS.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {SHORTCUTS.filter((shortcut) => shortcut.group === group).map((shortcut) => (
                <div key={shortcut.keys}>
                  <dt>
                    <kbd>{isMac() ? shortcut.keys.replace(/Ctrl/g, '⌘').replace(/Alt/g, '⌥') : shortcut.keys}</kbd>
                  </dt>
                  <dd>{shortcut.title}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </dialog>
  );
}
