/** What must be decided or known before one goes on: a conflict, an old version on show, no right to edit. */
import { ago } from '../../app/format';
import { Icon } from '../nodes/Icon';
import { type Studio, studio, useStudioShallow } from '../store';

const shown = (state: Studio) => ({
  save: state.save,
  preview: state.preview?.revision ?? null,
  canEdit: state.canEdit,
});

export function Banner() {
  const { save, preview, canEdit } = useStudioShallow(shown);
  if (save.kind === 'conflict') {
    const at = new Date(save.at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
    return (
      <div className="dbanner is-warning" role="alert">
        <Icon name="ti-git-fork" />
        <span>
          Changed by {save.by} at {at} ({ago(save.at)}), while you were editing. Your last edits are not saved yet.
        </span>
        <button type="button" className="btn btn-sm" onClick={() => studio().takeTheirs()}>
          Take theirs
        </button>
        <button type="button" className="btn btn-sm btn-primary" onClick={() => void studio().keepMine()}>
          Keep mine <span className="d-none d-md-inline">&nbsp;(theirs stays in the history)</span>
        </button>
      </div>
    );
  }
  if (preview !== null) {
    return (
      <div className="dbanner is-info" role="status">
        <Icon name="ti-history" />
        <span>You are looking at revision {preview}. It cannot be edited.</span>
        <button type="button" className="btn btn-sm" onClick={() => void studio().showVersion(null)}>
          Back to the present
        </button>
        {canEdit && (
          <button type="button" className="btn btn-sm btn-primary" onClick={() => void studio().restore(preview)}>
            Restore it
          </button>
        )}
      </div>
    );
  }
  if (!canEdit) {
    return (
      <div className="dbanner is-info" role="status">
        <Icon name="ti-eye" />
        <span>You may look at this pipeline, but not change or run it. An owner of the workspace can change that.</span>
      </div>
    );
  }
  return null;
}
