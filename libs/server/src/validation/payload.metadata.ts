import { plainToInstance } from 'class-transformer';
import { getMetadataStorage } from 'class-validator';
import type { PayloadClass } from './payload.class.js';

/** One rule of one field, as class-validator keeps it. */
export type FieldRule = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

/** The rules of a payload class by the name of their field, inherited ones included. */
export function rulesByField(type: PayloadClass): [name: string, rules: FieldRule[]][] {
  const storage = getMetadataStorage();
  return Object.entries(storage.groupByPropertyName(storage.getTargetValidationMetadatas(type, '', false, false)));
}

/** The class that a field's value, or each item of it, is made an instance of; undefined for none. */
export function nestedClass(type: PayloadClass, name: string): PayloadClass | undefined {
  try {
    // class-transformer keeps its metadata to itself; what it makes of an empty object says the same.
    const instance = plainToInstance(type, { [name]: {} }) as Record<string, unknown>;
    const made = (instance[name] as object | null | undefined)?.constructor as PayloadClass | undefined;
    return made && made !== Object && rulesByField(made).length > 0 ? made : undefined;
  } catch {
    return undefined;
  }
}
