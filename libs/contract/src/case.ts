/** `progress_id` → `progressId`. */
type Camel<S extends string> = S extends `${infer H}_${infer T}` ? `${H}${Capitalize<Camel<T>>}` : S;

/** An object type with its keys in camel case. */
export type CamelKeys<T> = { [K in keyof T as K extends string ? Camel<K> : K]: T[K] };

const toCamel = (key: string) => key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/**
 * Copies the fields named in `order`, in that order and with names in camel case; absent ones are left out.
 * Old wires are kept byte for byte, so the order is part of the frame.
 */
export function camelFields<T extends object>(value: T, order: readonly (keyof T & string)[]): CamelKeys<T> {
  const fields = order.filter((key) => value[key] !== undefined).map((key) => [toCamel(key), value[key]]);
  return Object.fromEntries(fields) as CamelKeys<T>;
}

/** Reverses `camelFields`: copies the fields named in `order`, with names in snake case. */
export function snakeFields<T extends object>(frame: CamelKeys<T>, order: readonly (keyof T & string)[]): T {
  const source = frame as Record<string, unknown>;
  const fields = order.map((key) => [key, source[toCamel(key)]]).filter(([, value]) => value !== undefined);
  return Object.fromEntries(fields) as T;
}
