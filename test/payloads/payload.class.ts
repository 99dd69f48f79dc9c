import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync } from 'class-validator';

/** A class that validates payloads. */
export type PayloadClass = new () => object;

/** A field of a payload class, or of a class nested in it. */
export interface PayloadField {
  /** Its path, such as `['filter', 'page']`. */
  path: readonly string[];
  isOptional: boolean;
}

type Fields = Record<string, unknown>;

/** Greater than any limit of a field. */
const MAX_CHARACTERS = 10_000;
const MAX_ITEMS = 1001;

/** Sample values for a field, in the order of the trials. */
const SAMPLES: readonly unknown[] = ['x', 'fast', 'http://a.test/', 1, true, {}, ['x']];

/** The names of the fields that a class declares, with the rules of each. */
function rulesOf(type: PayloadClass) {
  const storage = getMetadataStorage();
  return Object.entries(storage.groupByPropertyName(storage.getTargetValidationMetadatas(type, '', false, false)));
}

/** The class of the objects in a field. */
function classOf(type: PayloadClass, name: string): PayloadClass | undefined {
  const made = (plainToInstance(type, { [name]: {} }) as Fields)[name] as object;
  const nested = made?.constructor as PayloadClass | undefined;
  return nested && rulesOf(nested).length > 0 ? nested : undefined;
}

/** Whether class-validator accepts a field. */
export function accepts(type: PayloadClass, name: string, fields: Fields): boolean {
  return !validateSync(plainToInstance(type, fields)).some(({ property }) => property === name);
}

/** Every field of a class, nested ones included. */
export function fieldsOf(type: PayloadClass, path: readonly string[] = []): PayloadField[] {
  return rulesOf(type).flatMap(([name]) => {
    const here = [...path, name];
    const nested = classOf(type, name);
    return [{ path: here, isOptional: accepts(type, name, {}) }, ...(nested ? fieldsOf(nested, here) : [])];
  });
}

/** A valid payload with every field of a class. @throws Error for a rule that no sample meets */
export function sampleOf(type: PayloadClass): Fields {
  const sample: Fields = {};
  for (const [name, rules] of rulesOf(type)) {
    const choices = rules
      .filter((rule) => rule.name === 'isIn')
      .flatMap(({ constraints }) => constraints[0] as unknown[]);
    const nested = classOf(type, name);
    const candidates = [...(nested ? [sampleOf(nested)] : []), ...choices, choices.slice(0, 1), ...SAMPLES];
    const found = candidates.find((value) => accepts(type, name, { [name]: value }));
    if (found === undefined) throw new Error(`unable to fill ${type.name}.${name}; no sample keeps its rules`);
    sample[name] = found;
  }
  return sample;
}

/** A copy of a payload with another value at a path. */
export function withValue(payload: Fields, [name, ...rest]: readonly string[], value: unknown): Fields {
  if (rest.length === 0) return { ...payload, [name!]: value };
  return { ...payload, [name!]: withValue(payload[name!] as Fields, rest, value) };
}

/** A copy of a payload without the field at a path. */
export function withoutField(payload: Fields, [name, ...rest]: readonly string[]): Fields {
  const { [name!]: value, ...others } = payload;
  return rest.length === 0 ? others : { ...others, [name!]: withoutField(value as Fields, rest) };
}

/** The largest valid count below which all counts are valid; undefined if none or all are valid. */
function largest(limit: number, fits: (count: number) => boolean): number | undefined {
  if (!fits(1) || fits(limit)) return undefined;
  let [least, most] = [1, limit];
  while (most - least > 1) {
    const middle = (least + most) >> 1;
    if (fits(middle)) least = middle;
    else most = middle;
  }
  return least;
}

/** A payload with the longest text of this alphabet in every field with a limit, except in `key`. */
export function longestOf(type: PayloadClass, alphabet: string, key = ''): Fields {
  const longest = sampleOf(type);
  // One id would be one call.
  delete longest.correlation_id;
  for (const [name, value] of Object.entries(longest)) {
    if (name === key) continue;
    const nested = classOf(type, name);
    if (nested) longest[name] = longestOf(nested, alphabet);
    else if (Array.isArray(value)) longest[name] = longestList(type, name, alphabet) ?? value;
    else {
      const most = largest(MAX_CHARACTERS, (count) => accepts(type, name, { [name]: alphabet.repeat(count) }));
      if (most !== undefined) longest[name] = alphabet.repeat(most);
    }
  }
  return longest;
}

function longestList(type: PayloadClass, name: string, alphabet: string): string[] | undefined {
  const most = largest(MAX_CHARACTERS, (count) => accepts(type, name, { [name]: [alphabet.repeat(count)] }));
  const items = largest(MAX_ITEMS, (count) => accepts(type, name, { [name]: Array.from(Array(count).keys(), String) }));
  if (most === undefined || items === undefined) return undefined;
  // All different, for lists that require it.
  return Array.from({ length: items }, (_, n) => alphabet.repeat(most - 4) + String(n).padStart(4, '0'));
}
