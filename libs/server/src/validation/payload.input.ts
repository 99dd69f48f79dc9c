import { Fault } from '@switchyard/contract';
import type { PayloadClass } from './payload.class.js';
import { nestedClass, rulesByField } from './payload.metadata.js';

/** How deep a payload may be nested: code that walks it recursively must not exhaust the stack. */
const MAX_LEVELS = 100;

/** Names that every object inherits; class-transformer does not copy them either. */
const INHERITED: ReadonlySet<string> = new Set(['constructor', '__proto__']);

/** The fields of a class whose values have a class too. */
type Nesting = ReadonlyMap<string, PayloadClass>;

const nestings = new WeakMap<PayloadClass, Nesting>();

/**
 * Copies a payload so that class-transformer can process it safely. Fields that are null are left out, in the payload
 * and in nested objects that have a class; objects without a class, such as a tool's arguments, keep their nulls.
 *
 * @throws Fault `input.invalid` when the payload is nested too deeply
 */
export function readInput(type: PayloadClass, payload: object): object {
  return copyFields(payload, nestingOf(type), 1);
}

function copyFields(from: object, nesting: Nesting | undefined, level: number): object {
  if (level > MAX_LEVELS) throw new Fault('input.invalid', { expected: 'fewer levels' });
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(from)) {
    const value = (from as Record<string, unknown>)[name];
    if (INHERITED.has(name) || (nesting && value === null)) continue;
    copy[name] = typeof value === 'object' ? copyValue(value, nesting?.get(name), level + 1) : value;
  }
  return copy;
}

function copyValue(value: unknown, type: PayloadClass | undefined, level: number): unknown {
  // Binary data is not copied.
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (!Array.isArray(value)) return copyFields(value, type && nestingOf(type), level);
  if (level > MAX_LEVELS) throw new Fault('input.invalid', { expected: 'fewer levels' });
  return value.map((item: unknown) => copyValue(item, type, level + 1));
}

function nestingOf(type: PayloadClass): Nesting {
  let nesting = nestings.get(type);
  if (!nesting) {
    const fields = rulesByField(type).map(([name]) => [name, nestedClass(type, name)] as const);
    nesting = new Map(fields.filter((field): field is readonly [string, PayloadClass] => field[1] !== undefined));
    nestings.set(type, nesting);
  }
  return nesting;
}
