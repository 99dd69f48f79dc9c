import { AppHeader } from './app.header.js';
import { ConnectionBanner } from './connection.banner.js';
import { useCurrentPanel } from './panel.hook.js';

/** The console: header, and the panel that was chosen. */
export function App() {
  const panel = useCurrentPanel();
  return (
    <>
      <AppHeader current={panel} />
      <main id="content" tabIndex={-1}>
        <title>{`${panel.title} · Switchyard`}</title>
        <ConnectionBanner />
        <panel.Content key={panel.id} />
      </main>
    </>
  );
}
