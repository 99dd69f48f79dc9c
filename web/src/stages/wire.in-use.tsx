import type { WireName } from '@switchyard/contract';
import { useEffect, useState } from 'react';
import { usePage } from '../realtime/page.context.js';
import { FALLBACKS } from '../realtime/wire.choice.js';
import { useWire } from '../realtime/wire.hook.js';
import { moveSentence, wireWord } from '../realtime/wire.words.js';

/** How long the page waits for an announcement, in milliseconds; without an open room the server may not reach it. */
const UNTOLD_MS = 3000;
/** How long a move may take, in milliseconds, before the page calls it late. */
const LATE_MS = 30_000;

interface WireInUseProps {
  service: string;
  /** The wire that the server advises. */
  advised: WireName;
  /** Whether a move is announced here; a panel's own badge announces it already. */
  isAnnounced: boolean;
}

/** Shows the wire that this page uses for a service, and why it is not the advised one. */
export function WireInUse({ service, advised, isAnnounced }: WireInUseProps) {
  const { realtime, wire: chosen } = usePage();
  const { wire: used, note } = useWire(service);
  // A fallback is the page's own choice, not the server's.
  const isOther = used !== undefined && !chosen && !FALLBACKS.includes(used) && used !== advised;
  const isUntold = useLasting(isOther && !note, UNTOLD_MS);
  const isLate = useLasting(isOther, LATE_MS);
  useEffect(() => {
    if (isUntold) realtime.reroute(service);
  }, [realtime, service, isUntold]);
  return (
    <>
      <p className="in-use" data-uses={used}>
        {used === undefined ? (
          'This page has not used it yet.'
        ) : (
          <>
            {/* One line in both cases, so that a move shifts nothing. */}
            This page {isOther ? 'moves to' : 'uses'} <strong>{wireWord(isOther ? advised : used)}</strong>
            {used !== advised && reasonFor(used, chosen)}.
          </>
        )}
      </p>
      {isAnnounced && (
        <p className="visually-hidden" role="status">
          {note && moveSentence(service, note)}
        </p>
      )}
      {isLate && (
        <p className="note note-warn">
          The move takes longer than usual: {wireWord(advised)} has not answered this page. The page tries again by
          itself; until then {service} goes on as before.
        </p>
      )}
    </>
  );
}

function reasonFor(used: WireName, chosen: WireName | undefined): string {
  if (chosen) return ', as this tab forces it';
  return FALLBACKS.includes(used) ? ', because no better wire can be reached' : '';
}

/** Whether a condition has held for `ms` milliseconds. */
function useLasting(condition: boolean, ms: number): boolean {
  const [isLasting, setLasting] = useState(false);
  useEffect(() => {
    if (!condition) return setLasting(false);
    const timer = setTimeout(() => setLasting(true), ms);
    return () => clearTimeout(timer);
  }, [condition, ms]);
  return condition && isLasting;
}
