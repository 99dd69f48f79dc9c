import { FaultNote } from '../fault/fault.note.js';
import { RetryNote } from '../fault/retry.note.js';
import { useSubject } from '../realtime/observable.hook.js';
import { ActorField } from './actor.field.js';
import { adminToken, forgetToken } from './admin.token.js';
import { StageCard } from './stage.card.js';
import { useStages } from './stages.hook.js';
import { WireChooser } from './wire.chooser.js';

/** Shows the stages of all services or one, and with an admin token the controls to change them. */
export function ServiceStages({ only }: { only?: string }) {
  const { services, fault, adminFault, refresh, changed } = useStages();
  const token = useSubject(adminToken);
  const listed = services?.filter(({ name }) => only === undefined || name === only);
  return (
    <>
      <RetryNote fault={fault} again={refresh} />
      {!services && !fault && <p className="empty">Loading the stages…</p>}
      {listed?.length === 0 && <p className="empty">The server has no such service.</p>}
      {listed?.map((service) => (
        <StageCard
          key={service.name}
          service={service}
          token={adminFault ? undefined : token}
          isAlone={only !== undefined}
          changed={changed}
        />
      ))}
      {token === undefined && (
        <p className="hint">
          To change a service, open this page as <code>#token=…</code> with the admin token, which the server prints on
          its first start and keeps in its data folder.
        </p>
      )}
      {adminFault && (
        <FaultNote fault={adminFault}>
          <button type="button" onClick={forgetToken}>
            Forget the admin token
          </button>
        </FaultNote>
      )}
      {token !== undefined && !adminFault && <ActorField />}
      <WireChooser />
    </>
  );
}
