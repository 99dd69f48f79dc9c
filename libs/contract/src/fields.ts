/** The fields of `value` named in `order`, in that order; absent ones are left out. Old wires promise their bytes. */
export function pickFields<T extends object, K extends keyof T & string>(value: T, order: readonly K[]): Pick<T, K> {
  const fields = order.filter((key) => value[key] !== undefined).map((key) => [key, value[key]]);
  return Object.fromEntries(fields) as Pick<T, K>;
}
