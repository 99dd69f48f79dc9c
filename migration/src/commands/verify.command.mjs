import { Option } from 'commander';
import { EXIT, Failure } from '../failure/failure.mjs';
import { loadComparison } from '../parity/built.client.mjs';
import { comparisonFailure, inconclusive } from '../parity/comparison.failure.mjs';
import { planOf } from '../parity/comparison.plan.mjs';
import { counted, mismatchLine, reportedLines, reportLines, sumOf } from '../parity/parity.text.mjs';
import { Session } from '../session/session.mjs';
import { plain } from '../terminal/plain.text.mjs';
import { durationMs, each, withExamples, withJson } from './command.options.mjs';

/** @typedef {import('commander').Command} Command */
/** @typedef {import('@switchyard/contract').Mismatch} Mismatch */
/** @typedef {import('@switchyard/contract').ParityReport} ParityReport */
/** @typedef {import('@switchyard/contract').ServiceParity} ServiceParity */
/** @typedef {import('../parity/built.client.mjs').WireComparison} WireComparison */
/** @typedef {import('../terminal/output.mjs').Output} Output */
/** @typedef {import('../parity/comparison.plan.mjs').PlanOptions & { json?: boolean, for: number }} VerifyOptions */

const DEFAULT_MS = 30_000;
const SHOW_EVERY_MS = 250;
/** Further mismatches are counted only: wires that differ in everything differ in every event. */
const MAX_SHOWN = 100;

/** A wait that Ctrl-C ends. */
class Wait {
  isInterrupted = false;
  /** @type {() => void} */
  #end = () => undefined;
  #key = () => {
    // The summary takes some seconds; whoever presses it again does not want it.
    if (this.isInterrupted) process.exit(EXIT.interrupted);
    this.isInterrupted = true;
    this.#end();
  };

  constructor() {
    process.on('SIGINT', this.#key);
  }

  /** Waits that long, or until Ctrl-C. @param {number} ms @param {(left_ms: number) => void} show called again and again */
  async for(ms, show) {
    if (this.isInterrupted) return;
    const end = performance.now() + ms;
    const showing = setInterval(() => show(Math.max(0, end - performance.now())), SHOW_EVERY_MS);
    await new Promise((resolve) => {
      this.#end = () => resolve(undefined);
      setTimeout(this.#end, ms).unref();
    });
    clearInterval(showing);
  }

  release() {
    process.off('SIGINT', this.#key);
  }
}

/**
 * Compares for the time that was asked for, or until Ctrl-C.
 *
 * @param {WireComparison} comparison one that has started
 * @param {VerifyOptions} options
 * @param {Output} out
 */
async function compare(comparison, options, out) {
  const wait = new Wait();
  const began = performance.now();
  await wait.for(options.for, (left_ms) => {
    const { matched, mismatches } = comparison.progress();
    const found = counted(mismatches, 'mismatch', 'mismatches');
    out.progress(`${Math.ceil(left_ms / 1000)} s left, ${matched} matched, ${found}`);
  });
  const compared_ms = performance.now() - began;
  out.progress('waiting for what has come over one wire only');
  const report = await comparison.stop();
  wait.release();
  return { report, compared_ms, isInterrupted: wait.isInterrupted };
}

/**
 * Why the wires cannot be called equal; undefined when they can.
 *
 * @param {ParityReport} report
 * @param {ServiceParity | undefined} reported
 * @param {{ isInterrupted: boolean }} end
 */
function failureOf({ service, matched, mismatches }, reported, { isInterrupted }) {
  const all = sumOf(mismatches);
  const name = plain(service);
  if (isInterrupted) {
    return new Failure(EXIT.interrupted, 'command.interrupted', `unable to verify ${name} to the end; you ended it`);
  }
  if (all > 0) {
    const found = counted(all, 'mismatch', 'mismatches');
    const help = 'Do not promote it. Each mismatch above names its room and its place there.';
    return new Failure(EXIT.refused, 'parity.differs', `unable to verify ${name}; there are ${found}`, { help });
  }
  if (reported?.share?.verdict === 'differs') {
    const message = `unable to verify ${name}; the share of clients on the new wire is not the canary's`;
    const help = 'Clients do not follow the stage, or fall back from the new wire.';
    return new Failure(EXIT.refused, 'parity.share_differs', message, { help });
  }
  if (matched === 0) {
    return inconclusive('parity.nothing_compared', `unable to verify ${name}; no event came over both wires`, {
      help: 'Nothing was compared. Wait for traffic, name busy rooms with --room, or compare longer with --for.',
    });
  }
  return undefined;
}

/** Shows mismatches as they are found. @param {Output} out @returns {(mismatch: Mismatch) => void} */
function shower(out) {
  let count = 0;
  return (mismatch) => {
    count += 1;
    if (count <= MAX_SHOWN) out.result(mismatch, [mismatchLine(mismatch)]);
    if (count === MAX_SHOWN) out.note('further mismatches are counted, and not shown');
  };
}

/** @param {string} name @param {VerifyOptions} options */
async function verify(name, options) {
  const { api, out } = new Session(options);
  const { service } = await api.service(name);
  const makeComparison = await loadComparison();
  const plan = await planOf(api, service, options);
  const rooms = plan.rooms.length;
  const where = `${counted(rooms, 'room')} of ${service} at ${api.origin}`;
  const comparison = makeComparison({ ...plan, onMismatch: shower(out) });
  out.progress(`joining ${where}`);
  await comparison.start().catch((error) => {
    throw comparisonFailure(error, service);
  });
  out.note(`comparing ${where}: ${plan.rooms.map(plain).join(', ')}`);
  const { report, ...end } = await compare(comparison, options, out);
  /** @type {Failure | undefined} */
  let away;
  const reported = await api.parity(service).catch((error) => {
    // A server that went away meanwhile keeps nobody from what was found before.
    away = error;
    return undefined;
  });
  const failure = failureOf(report, reported, end) ?? away;
  out.result(
    {
      ...report,
      rooms: plan.rooms,
      compared_ms: Math.round(end.compared_ms),
      verdict: failure ? failure.code : 'agrees',
      reported: reported ?? null,
    },
    [...reportLines(report, { rooms, ...end }), ...(reported ? reportedLines(reported) : [])],
  );
  if (failure) throw failure;
}

/** @param {Command} program */
export function addVerify(program) {
  const command = program
    .command('verify')
    .description('compare what comes over both wires of a service; changes nothing')
    .argument('<service>')
    .addOption(new Option('--for <time>', 'how long: 30s, 5m, 1h').argParser(durationMs).default(DEFAULT_MS, '30s'))
    .option('--room <key>', 'a room to compare, by its key; may be given again (default: rooms in use)', each)
    .option('--contract <file>', 'a built module with the contract and the codec; needed for wires without positions')
    .option('--old-path <path>', 'the path of the old wire, when it is not the one that the service declares')
    .option('--token <token>', 'the token of a user, where rooms need one (better: SWITCHYARD_TOKEN)');
  withExamples(withJson(command), [
    'verify tasks',
    'verify tasks --for 5m --room 42 --room 43',
    'verify orders --contract dist/orders/index.js --old-path /ws/orders/:order_id',
  ]).action(verify);
}
