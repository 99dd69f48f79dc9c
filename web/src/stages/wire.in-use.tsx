import type { WireName } from '@switchyard/contract';
import { useSubject } from '../realtime/observable.hook.js';
import { usePage } from '../realtime/page.context.js';
import { FALLBACKS } from '../realtime/wire.choice.js';

/** Tells when this page uses another wire than the server would now choose. */
export function WireInUse({ service, told }: { service: string; told: WireName }) {
  const { realtime, wire: chosen } = usePage();
  // The wires in use have no stream; they change with the connection.
  useSubject(realtime.state$);
  const used = realtime.stats().wires[service];
  // A page that falls back was not told to.
  if (chosen || used === undefined || FALLBACKS.includes(used) || used === told) return null;
  return (
    <div className="note note-warn">
      <p>
        This page still uses <strong>{used}</strong>: a client asks for its wire when it loads, and after each loss.
      </p>
      <div className="actions">
        <button type="button" onClick={() => window.location.reload()}>
          Reload this page
        </button>
      </div>
    </div>
  );
}
