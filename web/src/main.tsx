import { Realtime } from '@switchyard/client';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.js';
import { keepTokenOfAddress } from './stages/admin.token.js';
import { PageContext } from './realtime/page.context.js';
import { chosenWire, settingsFor } from './realtime/wire.choice.js';
import './style/index.css';

keepTokenOfAddress();
window.addEventListener('hashchange', keepTokenOfAddress);

const wire = chosenWire(window.location.search);
const realtime = new Realtime(settingsFor(wire));

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <PageContext value={{ realtime, wire }}>
      <App />
    </PageContext>
  </StrictMode>,
);
