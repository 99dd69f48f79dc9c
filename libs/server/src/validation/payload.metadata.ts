import { plainToInstance } from 'class-transformer';
import { getMetadataStorage } from 'class-validator';
import type { PayloadClass } from './payload.class.js';

/** One rule of one field, as class-validator stores it. */
export type FieldRule = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

/** The rules of a payload class grouped by field, inherited ones included. */
export function rulesByField(type: PayloadClass): [name: string, rules: FieldRule[]][] {
  const storage = getMetadataStorage();
  return Object.entries(storage.groupByPropertyName(storage.getTargetValidationMetadatas(type, '', false, false)));
}

/** The payload class of a field's value or of its items; undefined when it has none. */
export function nestedClass(type: PayloadClass, name: string): PayloadClass | undefined {
  try {
    // class-transformer does not publish its metadata, so let it convert an empty object and look at the result.
    const instance = plainToInstance(type, { [name]: {} }) as Record<string, unknown>;
    const nested = (instance[name] as object | null | undefined)?.constructor as PayloadClass | undefined;
    return nested && nested !== Object && rulesByField(nested).length > 0 ? nested : undefined;
  } catch {
    return undefined;
  }
}
