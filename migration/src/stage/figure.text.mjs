/** @typedef {import('@switchyard/contract').ArmSummary} ArmSummary */
/** @typedef {import('@switchyard/contract').ChangeFigures} ChangeFigures */

/** The new wire first; they are also the names of wires. */
const ARMS = ['socketio', 'legacy'];

/** A number of things, of which some failed. @param {number} done @param {number} failed @param {number} broken @param {string} things */
function attempts(done, failed, broken, things) {
  if (done + failed === 0) return [];
  const fault = broken > 0 ? `, ${broken} by the server's own fault` : '';
  return [`${done} ${things}${failed > 0 ? ` and ${failed} failed${fault}` : ''}`];
}

/** @param {number} count @param {string} text */
const some = (count, text) => (count > 0 ? [`${count} ${text}`] : []);

/** What happened in an arm, in words; the first part is `open` connections. @param {number} open @param {ArmSummary | undefined} arm */
function armText(open, arm) {
  if (!arm) return some(open, 'open').join();
  const { delivery_p50_ms: p50, delivery_p99_ms: p99 } = arm;
  return [
    ...some(open, 'open'),
    ...attempts(arm.joins, arm.joins_failed, arm.joins_broken, 'joins'),
    ...some(arm.joins_reset, 'of them by snapshot'),
    ...attempts(arm.calls, arm.calls_failed, arm.calls_broken, 'calls'),
    ...(p99 === null ? [] : [`delivery p50 ${p50} ms, p99 ${p99} ms`]),
    ...some(arm.gaps, 'gaps'),
    ...some(arm.moves_failed, 'failed moves'),
  ].join(', ');
}

/** The figures of the moment of a change: a line for each arm in which anything happened. @param {ChangeFigures | undefined} figures */
export function figureLines(figures) {
  if (!figures) return [];
  const { clients, arms } = figures;
  return ARMS.flatMap((name) => {
    const text = armText(clients[name] ?? 0, arms[name]);
    return text === '' ? [] : [`  ${name}: ${text}`];
  });
}
