// Preloaded by a test into the load processes of a cut-over: one answer of the server is forged, as BROKEN_FETCH says.
//   forget  acknowledges a change that the server never gets
//   repeat  sends a call twice, each time with an id of its own
const { randomUUID } = require('node:crypto');

const original = globalThis.fetch;
let isBroken = false;

/** Whether this request is the first of the chosen call. */
function isChosen(url, call) {
  return !isBroken && String(url).includes(`/${call}`) && (isBroken = true);
}

const FAULTS = {
  forget(url, init) {
    if (!isChosen(url, 'update_task')) return original(url, init);
    const { task_id: id, title, version } = JSON.parse(init.body);
    return Promise.resolve(Response.json({ ok: true, data: { id, title, version: version + 1 } }));
  },
  async repeat(url, init) {
    if (!String(init?.body).includes('cutover-') || !isChosen(url, 'create_task')) return original(url, init);
    const again = { ...JSON.parse(init.body), correlation_id: randomUUID() };
    await original(url, { ...init, body: JSON.stringify(again) });
    return original(url, init);
  },
};

if (process.argv[1]?.endsWith('cutover.load.ts')) globalThis.fetch = FAULTS[process.env.BROKEN_FETCH];
