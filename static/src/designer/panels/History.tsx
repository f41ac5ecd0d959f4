/** The versions kept of this pipeline: look at one, bring one back. */
import { useEffect, useState } from 'react';
import { sentence } from '../../app/api';
import { ago } from '../../app/format';
import type { Page, Version } from '../api';
import { Icon } from '../nodes/Icon';
import { env, type Studio, studio, useStudioShallow } from '../store';

const shown = (state: Studio) => ({
  revision: state.revision,
  preview: state.preview?.revision ?? null,
  canEdit: state.canEdit,
});

const REASONS: Record<string, string> = {
  edit: 'Edited',
  run: 'Run',
  restore: 'Before a restore',
  created: 'Created',
  conflict: 'Set aside when two people saved',
};

export function History() {
  const { revision, preview, canEdit } = useStudioShallow(shown);
  const [versions, setVersions] = useState<Version[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [failed, setFailed] = useState('');
  const [read, setRead] = useState(false);

  const arrived = (page: Page<Version>, before: Version[]): void => {
    setVersions([...before, ...page.results]);
    setNext(page.next);
    setFailed('');
    setRead(true);
  };
  useEffect(() => {
    let gone = false;
    env()
      .api.versions()
      .then((page) => !gone && arrived(page, []))
      .catch((error: unknown) => !gone && setFailed(sentence(error)));
    return () => {
      gone = true;
    };
  }, [revision]);

  return (
    <>
      {failed && <p className="dfield-warning">{failed}</p>}
      {read && !versions.length && (
        <p className="ddrawer-empty">No earlier versions yet. They are kept while you edit, and with each run.</p>
      )}
      <ol className="dversions">
        {versions.map((version) => (
          <li key={version.revision} className={version.revision === preview ? 'is-shown' : ''}>
            <div>
              <b>Revision {version.revision}</b>
              {version.revision === revision && <span className="badge bg-blue-lt ms-1">now</span>}
              <small title={version.created_at}>
                {REASONS[version.reason] ?? version.reason} · {version.created_by ?? 'someone'} ·{' '}
                {ago(version.created_at)} · {version.node_count} {version.node_count === 1 ? 'node' : 'nodes'}
              </small>
            </div>
            {version.revision !== revision && (
              <div className="btn-list">
                <button
                  type="button"
                  className="btn btn-sm"
                  aria-pressed={version.revision === preview}
                  onClick={() => void studio().showVersion(version.revision === preview ? null : version.revision)}
                >
                  {version.revision === preview ? 'Back' : 'Look'}
                </button>
                {canEdit && (
                  <button type="button" className="btn btn-sm" onClick={() => void studio().restore(version.revision)}>
                    <Icon name="ti-restore" className="me-1" /> Restore
                  </button>
                )}
              </div>
            )}
          </li>
        ))}
      </ol>
      {next && (
        <button
          type="button"
          className="btn btn-sm"
          onClick={() =>
            env()
              .api.versions(next)
              .then((page) => arrived(page, versions))
              .catch((error: unknown) => setFailed(sentence(error)))
          }
        >
          Show older ones
        </button>
      )}
    </>
  );
}
