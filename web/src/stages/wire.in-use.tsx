import type { WireName } from '@switchyard/contract';
import { useSubject } from '../realtime/observable.hook.js';
import { usePage } from '../realtime/page.context.js';
import { FALLBACKS } from '../realtime/wire.choice.js';

/** Shows that this page uses another wire than the server now advises. */
export function WireInUse({ service, advised }: { service: string; advised: WireName }) {
  const { realtime, wire: chosen } = usePage();
  // The wires in use have no stream; they change with the connection.
  useSubject(realtime.state$);
  const used = realtime.stats().wires[service];
  // A fallback is the page's own choice, not the server's.
  if (chosen || used === undefined || FALLBACKS.includes(used) || used === advised) return null;
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
