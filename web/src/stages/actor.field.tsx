import { FormField } from '../form/form.field.js';
import { useSubject } from '../realtime/observable.hook.js';
import { actor, keepActor } from './actor.js';

/** The operator's name, which is recorded with each change. */
export function ActorField() {
  return (
    <section className="card chooser">
      <FormField label="Your name" placeholder="console" maxLength={100} value={useSubject(actor)} change={keepActor} />
      <p className="hint">The server records it with each change, so that others know whom to ask.</p>
    </section>
  );
}
