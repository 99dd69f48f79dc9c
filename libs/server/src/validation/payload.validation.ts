import { Logger } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import type { PayloadClass } from './payload.class.js';
import { readInput } from './payload.input.js';
import { rulesOf } from './payload.rules.js';

/** One field that does not fit, with the rules it breaks; never its value. */
interface FieldError {
  field: string;
  rules: string[];
}

/** Payload classes of which it was logged that one of their rules threw. */
const faulty = new WeakSet<PayloadClass>();

const logger = new Logger('calls');

/**
 * The payload as an instance of its class, without the fields the class does not declare. One that is left out counts as
 * empty, and so does a field that is null.
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
    if (rulesOf(type)?.admit(instance)) return instance;
    const errors = validateSync(instance, { whitelist: true, forbidUnknownValues: false });
    if (errors.length > 0) throw new Fault('input.invalid', { fields: errors.flatMap((error) => describe(error)) });
    return instance;
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown;
    throw unreadable(type, thrown);
  }
}

/** The fault for a payload that a rule cannot stand: nothing but the payload decides what a rule does. */
function unreadable(type: PayloadClass, thrown: unknown): Fault {
  if (!faulty.has(type)) {
    faulty.add(type);
    logger.warn(`unable to apply the rules of ${type.name}; ${thrown instanceof Error ? thrown.stack : 'no error'}`);
  }
  return new Fault('input.invalid', { expected: 'values of the declared types' });
}

/** The fault for one field that does not fit. */
export function invalidField(field: string, rule: string): Fault {
  return new Fault('input.invalid', { fields: [{ field, rules: [rule] }] satisfies FieldError[] });
}

function describe(error: ValidationError, parent = ''): FieldError[] {
  const field = parent ? `${parent}.${error.property}` : error.property;
  const own = error.constraints ? [{ field, rules: Object.values(error.constraints) }] : [];
  return [...own, ...(error.children ?? []).flatMap((child) => describe(child, field))];
}
