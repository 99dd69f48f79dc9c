import { useSubject } from '../realtime/observable.hook.js';
import { usePage } from '../realtime/page.context.js';
import { CONNECTION_WORDS } from './connection.words.js';

/** Shows the state of the connection. */
export function ConnectionBadge() {
  const { realtime } = usePage();
  const state = useSubject(realtime.state$);
  const { label, tone, help } = CONNECTION_WORDS[state];
  return (
    <p className={`badge tone-${tone}`} role="status" data-state={state} title={help}>
      <span className="dot" aria-hidden="true" />
      <span className="visually-hidden">Connection: </span>
      {label}
    </p>
  );
}
