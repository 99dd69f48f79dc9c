import { useRef } from 'react';
import { AppHeader } from './app.header.js';
import { ConnectionBanner } from './connection.banner.js';
import { useCurrentPanel } from './panel.hook.js';

/** Shows the header and the selected panel. */
export function App() {
  const panel = useCurrentPanel();
  const main = useRef<HTMLElement>(null);
  return (
    <>
      {/* Not a link, because the hash selects a panel. */}
      <button type="button" className="skip" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <AppHeader current={panel} />
      <main ref={main} tabIndex={-1}>
        <title>{`${panel.title} · Switchyard`}</title>
        <ConnectionBanner />
        <panel.Content key={panel.id} />
      </main>
    </>
  );
}
