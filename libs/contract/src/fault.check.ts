import { faultKinds } from './fault.registry.js';

const CODE = /^[a-z]+\.[a-z_]+$/;
const MESSAGE = /^unable to [^;]+; [^;]+$/;

/**
 * Checks what the compiler cannot see of the registered fault kinds, or did not see where a program is JavaScript; a server
 * does it at its start, so that no page carries it.
 *
 * @throws TypeError when a code is not `area.reason`, or a message has not the form "unable to X; Y"
 */
export function checkFaultKinds(kinds: Iterable<readonly [string, { message: string }]> = faultKinds()): void {
  for (const [code, { message }] of kinds) {
    if (!CODE.test(code)) throw new TypeError(`unable to raise "${code}"; a code is area.reason, in small letters`);
    if (!MESSAGE.test(message)) throw new TypeError(`unable to raise "${code}"; its message is not "unable to X; Y"`);
  }
}
