import { ServiceStages } from './service.stages.js';

/** Shows the migration stages of all services. */
export function StagesPanel() {
  return (
    <div className="stack stages">
      <h1>Stages</h1>
      <p className="lead">
        Each service moves from its old wire to Socket.IO in stages, and back at any moment. A stage decides which wire
        the server advises each client to use; until a service is retired both wires serve. Open pages follow within a
        second or two.
      </p>
      <ServiceStages />
    </div>
  );
}
