import { ValidationTypes } from 'class-validator';
import type { PayloadClass } from './payload.class.js';
import { nestedClass, rulesByField, type FieldRule } from './payload.metadata.js';

/**
 * The most bytes of one character as `Length` counts them: two surrogates and a variation selector, each escaped as
 * `\uXXXX`, as clients that send ASCII do.
 */
const CHARACTER_BYTES = 18;
/** The most bytes of one UTF-16 code unit. */
const UNIT_BYTES = 6;
/** More bytes than any number or boolean takes, even as text of escaped digits. */
const SCALAR_BYTES = 160;
/** The quotation marks, brackets, colons and commas around a name and its value. */
const PUNCTUATION_BYTES = 6;

const SCALARS: ReadonlySet<string> = new Set(['isBoolean', 'isDivisibleBy', 'isInt', 'isNumber', 'isPositive']);

/**
 * The most bytes that the bounded fields of a payload class can take as JSON text, in the longest encoding. A field
 * without a bound counts as 0; the configuration limits it.
 */
export function maxBytesOf(type: PayloadClass, within: readonly PayloadClass[] = []): number {
  // A class that contains itself has no bound.
  if (within.includes(type)) return 0;
  const fields = rulesByField(type).map(([name, rules]) => {
    const isNested = rules.some((rule) => rule.type === ValidationTypes.NESTED_VALIDATION);
    const nested = isNested ? nestedClass(type, name) : undefined;
    const item = nested ? maxBytesOf(nested, [...within, type]) : boundOfItem(rules);
    return name.length * UNIT_BYTES + PUNCTUATION_BYTES + boundOfValue(rules, item);
  });
  return fields.reduce((sum, bytes) => sum + bytes, PUNCTUATION_BYTES);
}

/** The bytes of a value: for a list, those of its items. */
function boundOfValue(rules: readonly FieldRule[], item: number | undefined): number {
  if (item === undefined) return 0;
  if (!rules.some(({ name, each }) => each || name?.startsWith('array') || name === 'isArray')) return item;
  return (maxItems(rules) ?? 0) * (item + PUNCTUATION_BYTES);
}

function maxItems(rules: readonly FieldRule[]): number | undefined {
  const [max] = argumentsOf(rules, 'arrayMaxSize');
  if (typeof max === 'number') return max;
  return rules.some(({ name }) => name === 'arrayUnique') ? choices(rules)?.length : undefined;
}

function boundOfItem(rules: readonly FieldRule[]): number | undefined {
  const [, longest] = argumentsOf(rules, 'isLength');
  const characters = [longest, ...argumentsOf(rules, 'maxLength')].filter((length) => typeof length === 'number');
  if (characters.length > 0) return Math.min(...characters) * CHARACTER_BYTES + PUNCTUATION_BYTES;
  const chosen = choices(rules)?.map((choice) => String(choice).length * UNIT_BYTES + PUNCTUATION_BYTES);
  if (chosen) return Math.max(0, ...chosen);
  return rules.some(({ name }) => SCALARS.has(name ?? '')) ? SCALAR_BYTES : undefined;
}

function choices(rules: readonly FieldRule[]): readonly unknown[] | undefined {
  const [list] = argumentsOf(rules, 'isIn');
  const [, values] = argumentsOf(rules, 'isEnum');
  return (list ?? values) as readonly unknown[] | undefined;
}

/** The arguments of the rule with this name; empty when the field has no such rule. */
function argumentsOf(rules: readonly FieldRule[], name: string): readonly unknown[] {
  return (rules.find((rule) => rule.name === name)?.constraints as readonly unknown[] | undefined) ?? [];
}
