/** Run, and while it runs: its state, and Cancel. A second click cannot start a second run. */
import { useState } from 'react';
import { Icon } from '../nodes/Icon';
import { lookOf } from '../nodes/words';
import { Popover } from '../menus/Popover';
import { env, type Studio, studio, useStudioShallow } from '../store';
import { selectedNodes } from '../store/document';
import { isOver } from '../store/running';

const shown = (state: Studio) => ({
  run: state.run,
  submitting: state.submitting,
  reuse: state.reuse,
  canEdit: state.canEdit && !state.preview,
  empty: state.graph.nodes.length === 0,
  progress: progressOf(state),
});

function progressOf({ run, states }: Studio): string {
  if (isOver(run)) return '';
  const all = Object.values(states);
  const busy = all.filter((state) => state.status === 'running').length;
  const waiting = all.filter((state) => state.status === 'queued').length;
  return busy + waiting ? `${busy} running, ${waiting} waiting` : '';
}

export function RunButton() {
  const { run, submitting, reuse, canEdit, empty, progress } = useStudioShallow(shown);
  const [menu, setMenu] = useState<{ x: number; y: number } | null>(null);
  const active = !isOver(run);
  const look = run && lookOf(run.status);
  const chosen = (): string | undefined => studio().open ?? selectedNodes(studio())[0];
  const runChosen = (mode: 'to' | 'only'): void => {
    setMenu(null);
    const node = chosen();
    if (node) void studio().submit(mode, node);
    else env().say('Choose a node first.', 'info');
  };
  return (
    <div className="dbar-run">
      {run && look && (
        <a
          className={`dbar-last tone-${look.tone}`}
          href={env().runUrl(run.run_id)}
          title="Open the page of this run"
          role="status"
        >
          <Icon name={look.icon} className={look.tone === 'busy' ? 'is-turning' : ''} /> {look.word}
          {progress && <small className="d-none d-xl-inline"> · {progress}</small>}
        </a>
      )}
      {canEdit &&
        run &&
        !active &&
        (run.status === 'failed' || run.status === 'errored' || run.status === 'cancelled') && (
          <button
            type="button"
            className="btn btn-sm"
            disabled={submitting}
            title="Finished nodes are kept; the rest runs again as it was"
            onClick={() => void studio().resume()}
          >
            <Icon name="ti-refresh" className="me-1" /> Resume
          </button>
        )}
      {canEdit && active && (
        <button
          type="button"
          className="btn btn-sm btn-outline-danger"
          disabled={run?.status === 'cancelling'}
          onClick={() => void studio().cancel()}
        >
          <Icon name="ti-player-stop" className="me-1" /> {run?.status === 'cancelling' ? 'Stopping…' : 'Cancel'}
        </button>
      )}
      {canEdit && !active && (
        <div className="btn-group">
          <button
            type="button"
            className="btn btn-sm btn-primary"
            disabled={submitting || empty}
            title="Run all nodes (Ctrl Enter)"
            onClick={() => void studio().submit('all')}
          >
            <Icon name="ti-player-play" className="me-1" /> {submitting ? 'Starting…' : 'Run'}
          </button>
          <button
            type="button"
            className="btn btn-sm btn-primary btn-icon"
            aria-label="More ways to run"
            aria-expanded={menu !== null}
            disabled={submitting || empty}
            onClick={(event) => {
              const box = event.currentTarget.getBoundingClientRect();
              setMenu({ x: box.right - 270, y: box.bottom + 4 });
            }}
          >
            <Icon name="ti-chevron-down" />
          </button>
        </div>
      )}
      {menu && (
        <Popover at={menu} label="Ways to run" className="dmenu drunmenu" close={() => setMenu(null)}>
          <button
            type="button"
            autoFocus
            onClick={() => {
              setMenu(null);
              void studio().submit('all');
            }}
          >
            <Icon name="ti-player-play" /> <span>Run all</span> <kbd>Ctrl Enter</kbd>
          </button>
          <button type="button" onClick={() => runChosen('to')}>
            <Icon name="ti-player-track-next" /> <span>Run up to the chosen node</span> <kbd>Ctrl Shift Enter</kbd>
          </button>
          <button type="button" onClick={() => runChosen('only')}>
            <Icon name="ti-focus-2" /> <span>Run only the chosen node</span> <kbd>Alt Enter</kbd>
          </button>
          <hr />
          <label className="form-check form-switch drun-reuse">
            <input
              type="checkbox"
              className="form-check-input"
              checked={reuse}
              onChange={(event) => studio().setReuse(event.target.checked)}
            />
            <span className="form-check-label">Reuse unchanged results</span>
          </label>
        </Popover>
      )}
    </div>
  );
}
