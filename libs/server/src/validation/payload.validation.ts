import { Logger } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import type { PayloadClass } from './payload.class.js';
import { readInput } from './payload.input.js';
import { rulesOf } from './payload.rules.js';

/** One invalid field with the rules it breaks; never its value. */
interface FieldError {
  field: string;
  rules: string[];
}

/** Payload classes with a rule that threw, which is logged once. */
const reported = new WeakSet<PayloadClass>();

const logger = new Logger('calls');

/**
 * Converts a payload to an instance of its class, without undeclared fields. An absent payload counts as an empty object,
 * and a field that is null as absent.
 *
 * @throws Fault `input.invalid` with `details.fields`
 */
export function validatePayload<T extends object>(type: new () => T, payload: unknown): T {
  const given = payload ?? {};
  if (typeof given !== 'object' || Array.isArray(given) || ArrayBuffer.isView(given)) {
    throw new Fault('input.invalid', { expected: 'an object' });
  }
  const input = readInput(type, given);
  try {
    const instance = plainToInstance(type as PayloadClass, input) as T;
    if (rulesOf(type)?.accepts(instance)) return instance;
    const errors = validateSync(instance, { whitelist: true, forbidUnknownValues: false });
    if (errors.length > 0) throw new Fault('input.invalid', { fields: errors.flatMap((error) => describe(error)) });
    return instance;
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown;
    throw unprocessable(type, thrown);
  }
}

/** The fault for a payload that makes a rule throw; a rule depends on nothing but the payload. */
function unprocessable(type: PayloadClass, thrown: unknown): Fault {
  if (!reported.has(type)) {
    reported.add(type);
    logger.warn(`unable to apply the rules of ${type.name}; ${thrown instanceof Error ? thrown.stack : 'no error'}`);
  }
  return new Fault('input.invalid', { expected: 'values of the declared types' });
}

/** The fault for one invalid field. */
export function invalidField(field: string, rule: string): Fault {
  return new Fault('input.invalid', { fields: [{ field, rules: [rule] }] satisfies FieldError[] });
}

function describe(error: ValidationError, parent = ''): FieldError[] {
  const field = parent ? `${parent}.${error.property}` : error.property;
  const own = error.constraints ? [{ field, rules: Object.values(error.constraints) }] : [];
  return [...own, ...(error.children ?? []).flatMap((child) => describe(child, field))];
}
