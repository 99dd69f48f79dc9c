import { useSubject } from '../realtime/observable.hook.js';
import { usePage } from '../realtime/page.context.js';
import { CONNECTION_WORDS } from './connection.words.js';

/** Explains connection problems. */
export function ConnectionBanner() {
  const { realtime } = usePage();
  const { label, tone, help } = CONNECTION_WORDS[useSubject(realtime.state$)];
  if (tone !== 'warn' && tone !== 'bad') return null;
  return (
    <p className={`note note-${tone}`}>
      <strong>{label}.</strong> {help}
    </p>
  );
}
