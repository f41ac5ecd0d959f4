/** Whether what you see is kept. It says "Saved" only when the server has said so. */
import { useEffect, useState } from 'react';
import { Icon } from '../nodes/Icon';
import { type Studio, studio, useStudio } from '../store';

const saveOf = (state: Studio) => state.save;

export function SaveMark() {
  const save = useStudio(saveOf);
  switch (save.kind) {
    case 'saved':
      return (
        <span
          className="dsave"
          role="status"
          title={save.at ? `Saved ${new Date(save.at).toLocaleString()}` : undefined}
        >
          <Icon name="ti-cloud-check" /> Saved
        </span>
      );
    case 'saving':
      return (
        <span className="dsave" role="status">
          <Icon name="ti-cloud-upload" /> Saving…
        </span>
      );
    case 'retrying':
      return (
        <span className="dsave is-bad" role="status" title={save.reason}>
          <Icon name="ti-cloud-off" /> Not saved — retrying
          <Countdown at={save.at} />
          <small className="dsave-reason">{save.reason}</small>
          <button type="button" className="btn btn-sm" onClick={() => studio().retrySave()}>
            Now
          </button>
        </span>
      );
    case 'refused':
      return (
        <span className="dsave is-bad" role="alert" title={save.reason}>
          <Icon name="ti-cloud-off" /> Not saved <small className="dsave-reason">{save.reason}</small>
          <button type="button" className="btn btn-sm" onClick={() => studio().retrySave()}>
            Try again
          </button>
        </span>
      );
    case 'conflict':
      return (
        <span className="dsave is-bad" role="status">
          <Icon name="ti-git-fork" /> Not saved: changed elsewhere
        </span>
      );
  }
}

function Countdown({ at }: { at: number }) {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    const show = (): void => setLeft(Math.max(0, Math.ceil((at - Date.now()) / 1000)));
    show();
    const timer = setInterval(show, 500);
    return () => clearInterval(timer);
  }, [at]);
  return left > 1 ? <> in {left} s</> : null;
}
