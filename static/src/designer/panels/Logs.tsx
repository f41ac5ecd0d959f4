/** What a node printed, as it prints. */
import { useEffect, useRef, useState } from 'react';
import { sentence } from '../../app/api';
import type { LogLine } from '../api';
import { env, type Studio, useStudio } from '../store';

const tickOf = (node: string) => (state: Studio) => state.logTick[node] ?? 0;
/** As much as one reads here; the run's page has all of it. */
const KEPT = 2000;

export function Logs({ node, runId }: { node: string; runId: string }) {
  const tick = useStudio(tickOf(node));
  const [lines, setLines] = useState<LogLine[]>([]);
  const [cut, setCut] = useState(false);
  const [failed, setFailed] = useState('');
  const [read, setRead] = useState(false);
  const last = useRef(0);
  const busy = useRef(false);
  const place = useRef<HTMLPreElement>(null);
  const follow = useRef(true);

  useEffect(() => {
    let gone = false;
    async function fetchMore(): Promise<void> {
      if (busy.current) return;
      busy.current = true;
      try {
        for (;;) {
          const page = await env().api.logs(runId, last.current);
          if (gone) return;
          setRead(true);
          if (!page.lines.length) break;
          last.current = page.lines.at(-1)!.seq;
          setLines((before) => {
            const all = [...before, ...page.lines];
            if (all.length > KEPT) setCut(true);
            return all.slice(-KEPT);
          });
          if (page.lines.length < 1000) break;
        }
        setFailed('');
      } catch (error) {
        if (!gone) setFailed(sentence(error));
      } finally {
        busy.current = false;
      }
    }
    void fetchMore();
    return () => {
      gone = true;
      busy.current = false;
    };
  }, [runId, tick]);

  useEffect(() => {
    if (follow.current && place.current) place.current.scrollTop = place.current.scrollHeight;
  }, [lines]);

  if (failed && !lines.length) return <p className="dvalue-none">{failed}</p>;
  if (!lines.length) return <p className="dvalue-none">{read ? 'Nothing was printed.' : 'Looking…'}</p>;
  return (
    <>
      {cut && (
        <p className="dvalue-facts">
          The last {KEPT} lines. <a href={env().runUrl(runId)}>The run’s page</a> has all of them.
        </p>
      )}
      <pre
        ref={place}
        className="dlogs"
        tabIndex={0}
        aria-label="Log"
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          follow.current = scrollHeight - scrollTop - clientHeight < 20;
        }}
      >
        {lines.map((line) => (
          <div key={line.seq} className={`is-${line.stream}`}>
            {line.text || ' '}
          </div>
        ))}
      </pre>
    </>
  );
}
