/** A trained model becomes a version in the registry. */
import { useState } from 'react';
import { sentence } from '../../app/api';
import { env, type Studio, useStudio } from '../store';
import { Icon } from '../nodes/Icon';

const editable = (state: Studio) => state.canEdit;
const nameOf = (state: Studio) => state.name;

export function Register({ runId, port }: { runId: string; port: string }) {
  const canEdit = useStudio(editable);
  const pipeline = useStudio(nameOf);
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState('');
  const [made, setMade] = useState('');
  if (!canEdit) return null;
  if (made) {
    return (
      <p className="dregister-done">
        <Icon name="ti-circle-check" /> Registered as <a href={env().modelUrl(made)}>{made}</a>.
      </p>
    );
  }
  if (!open) {
    return (
      <button type="button" className="btn btn-sm" onClick={() => setOpen(true)}>
        <Icon name="ti-package" className="me-1" /> Register this model…
      </button>
    );
  }
  return (
    <form
      className="dregister"
      onSubmit={async (event) => {
        event.preventDefault();
        if (busy) return;
        const form = new FormData(event.currentTarget);
        const name = String(form.get('name')).trim();
        setBusy(true);
        setFailed('');
        try {
          await env().api.register(runId, port, name, String(form.get('description')));
          setMade(name);
        } catch (error) {
          setFailed(sentence(error));
        } finally {
          setBusy(false);
        }
      }}
    >
      <label>
        Name of the model
        <input
          name="name"
          className={`form-control form-control-sm ${failed ? 'is-invalid' : ''}`}
          required
          maxLength={80}
          defaultValue={slug(pipeline)}
          autoFocus
        />
      </label>
      <label>
        Description
        <input name="description" className="form-control form-control-sm" maxLength={500} />
      </label>
      {failed && (
        <div className="dfield-problem" role="alert">
          {failed}
        </div>
      )}
      <div className="btn-list">
        <button type="submit" className="btn btn-sm btn-primary" disabled={busy}>
          Register
        </button>
        <button type="button" className="btn btn-sm" onClick={() => setOpen(false)}>
          Cancel
        </button>
      </div>
    </form>
  );
}

const slug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
