/** A data asset and which version of it. */
import { useEffect, useState } from 'react';
import { ago, number } from '../../app/format';
import type { AssetVersion } from '../api';
import { env, type Studio, useStudio } from '../store';
import type { ControlProps } from './Field';

const assetsOf = (state: Studio) => state.assets;
const cutOf = (state: Studio) => state.assetsCut;

export function AssetControl({ id, value, set, readOnly, invalid, describedBy }: ControlProps) {
  const assets = useStudio(assetsOf);
  const cut = useStudio(cutOf);
  const chosen = (value ?? {}) as { name?: string; version?: number | null };
  const versions = useVersions(chosen.name);
  const known = assets.some((asset) => asset.name === chosen.name);
  return (
    <div className="dasset">
      <select
        id={id}
        className={`form-select ${invalid ? 'is-invalid' : ''}`}
        value={chosen.name ?? ''}
        disabled={readOnly}
        aria-invalid={invalid}
        aria-describedby={describedBy}
        onChange={(event) => set(event.target.value ? { name: event.target.value, version: null } : null)}
      >
        <option value="">Choose data…</option>
        {chosen.name && !known && <option value={chosen.name}>{chosen.name}</option>}
        {assets.map((asset) => (
          <option key={asset.name} value={asset.name}>
            {asset.name}
          </option>
        ))}
      </select>
      <select
        className="form-select"
        aria-label="Version"
        value={chosen.version ?? ''}
        disabled={readOnly || !chosen.name}
        onChange={(event) =>
          set({ name: chosen.name, version: event.target.value ? Number(event.target.value) : null })
        }
      >
        <option value="">Latest version</option>
        {chosen.version && !versions.some((version) => version.number === chosen.version) && (
          <option value={chosen.version}>Version {chosen.version}</option>
        )}
        {versions.map((version) => (
          <option key={version.number} value={version.number} disabled={version.status !== 'ready'}>
            Version {version.number}
            {version.status !== 'ready'
              ? ` (${version.status})`
              : version.rows != null
                ? ` · ${number(version.rows)} rows`
                : ''}
            {version.created_at ? ` · ${ago(version.created_at)}` : ''}
          </option>
        ))}
      </select>
      {cut && <div className="dfield-help">The newest 200 data assets are listed.</div>}
      {assets.length === 0 && (
        <div className="dfield-help">
          There is no data here yet. <a href={`/w/${env().workspace}/data/`}>Upload some</a>, then come back.
        </div>
      )}
    </div>
  );
}

function useVersions(name: string | undefined): AssetVersion[] {
  const [versions, setVersions] = useState<AssetVersion[]>([]);
  useEffect(() => {
    let gone = false;
    setVersions([]);
    if (!name) return;
    env()
      .api.assetVersions(name)
      .then((answer) => !gone && setVersions(Array.isArray(answer) ? answer : answer.results))
      .catch(() => undefined); // "Latest version" can still be chosen.
    return () => {
      gone = true;
    };
  }, [name]);
  return versions;
}
