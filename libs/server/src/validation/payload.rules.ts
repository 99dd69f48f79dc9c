import { getMetadataStorage, ValidationTypes, type ValidationArguments } from 'class-validator';
import type { PayloadClass } from './payload.class.js';
import { rulesByField, type FieldRule } from './payload.metadata.js';

type Test = (value: unknown, args: ValidationArguments) => unknown;

/** The rules of one field. */
interface Field {
  name: string;
  /** The field is checked only when all of these hold. */
  conditions: ((object: object, value: unknown) => boolean)[];
  tests: { test: Test; each: boolean; args: Pick<ValidationArguments, 'targetName' | 'property' | 'constraints'> }[];
}

const compiled = new WeakMap<PayloadClass, PayloadRules | undefined>();

/** The compiled rules of a payload class; undefined when only class-validator itself can apply some of them. */
export function rulesOf(type: PayloadClass): PayloadRules | undefined {
  if (!compiled.has(type)) compiled.set(type, compile(type));
  return compiled.get(type);
}

/**
 * The rules of one class, looked up once. class-validator searches the rules of every class for each payload, which costs
 * more than the rest of a call; it is needed only to describe what is wrong with an invalid payload.
 */
class PayloadRules {
  private readonly names: ReadonlySet<string>;

  constructor(private readonly fields: readonly Field[]) {
    this.names = new Set(fields.map(({ name }) => name));
  }

  /** Removes undeclared fields from the instance and returns whether it certainly keeps every rule. */
  accepts(instance: object): boolean {
    for (const name of Object.keys(instance)) {
      if (!this.names.has(name)) delete (instance as Record<string, unknown>)[name];
    }
    return this.fields.every((field) => fits(instance, field));
  }
}

function fits(object: object, { name, conditions, tests }: Field): boolean {
  const value = (object as Record<string, unknown>)[name];
  if (!conditions.every((applies) => applies(object, value))) return true;
  return tests.every(({ test, each, args: { targetName, property, constraints } }) => {
    const args = { targetName, property, object, value, constraints };
    if (!each) return test(value, args) === true;
    // Other collections, such as a Set, are left to class-validator.
    return Array.isArray(value) && value.every((item) => test(item, args) === true);
  });
}

function compile(type: PayloadClass): PayloadRules | undefined {
  const fields = rulesByField(type).map(([name, rules]) => toField(type.name, name, rules));
  return fields.every((field) => field !== undefined) ? new PayloadRules(fields) : undefined;
}

function toField(targetName: string, name: string, rules: readonly FieldRule[]): Field | undefined {
  const field: Field = { name, conditions: [], tests: [] };
  for (const { type, validateIf, constraintCls, each, constraints } of rules) {
    if (type === ValidationTypes.WHITELIST) continue;
    if (type === ValidationTypes.CONDITIONAL_VALIDATION) {
      field.conditions.push((constraints as Field['conditions'])[0]!);
      continue;
    }
    // Nested classes, for example.
    if ((type !== ValidationTypes.CUSTOM_VALIDATION && type !== ValidationTypes.IS_DEFINED) || validateIf)
      return undefined;
    for (const { async, instance } of getMetadataStorage().getTargetValidatorConstraints(constraintCls)) {
      if (async) return undefined;
      const args = { targetName, property: name, constraints: (constraints as unknown[]) ?? [] };
      field.tests.push({ test: instance.validate.bind(instance), each, args });
    }
  }
  return field;
}
