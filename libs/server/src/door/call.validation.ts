import { Fault } from '@switchyard/contract';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import type { PayloadClass } from '../service/call.decorator.js';
import { rulesOf } from './payload.rules.js';

/** One field that does not fit, with the rules it breaks; never its value. */
interface FieldError {
  field: string;
  rules: string[];
}

/**
 * The payload as an instance of its class, without the fields the class does not declare.
 *
 * @throws Fault `input.invalid` with `details.fields`
 */
export function validatePayload<T extends object>(type: new () => T, payload: unknown): T {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    throw new Fault('input.invalid', { expected: 'an object' });
  }
  const instance = instanceOf(type, payload);
  if (rulesOf(type)?.admit(instance)) return instance;
  const errors = validateSync(instance, { whitelist: true, forbidUnknownValues: false });
  if (errors.length > 0) throw new Fault('input.invalid', { fields: errors.flatMap((error) => describe(error)) });
  return instance;
}

function instanceOf<T extends object>(type: new () => T, payload: object): T {
  try {
    return plainToInstance(type as PayloadClass, payload) as T;
  } catch (thrown) {
    // A few thousand brackets exhaust the stack; it takes no more to send them.
    if (thrown instanceof RangeError) throw new Fault('input.invalid', { expected: 'fewer levels' });
    throw thrown;
  }
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
