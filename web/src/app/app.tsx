import { Suspense, useRef } from 'react';
import { AppHeader } from './app.header.js';
import { ConnectionBanner } from './connection.banner.js';
import { useCurrentPanel } from './panel.hook.js';

/** The console: header, and the panel that was chosen. */
export function App() {
  const panel = useCurrentPanel();
  const main = useRef<HTMLElement>(null);
  return (
    <>
      {/* Not a link: what comes after # names a panel. */}
      <button type="button" className="skip" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <AppHeader current={panel} />
      <main ref={main} tabIndex={-1}>
        <title>{`${panel.title} · Switchyard`}</title>
        <ConnectionBanner />
        <Suspense fallback={<p role="status">Loading {panel.title} …</p>}>
          <panel.Content key={panel.id} />
        </Suspense>
      </main>
    </>
  );
}
