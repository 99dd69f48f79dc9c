/** Copies the fields named in `order`, in that order; absent ones are left out. */
export function pickFields<T extends object, K extends keyof T & string>(value: T, order: readonly K[]): Pick<T, K> {
  const fields = order.filter((key) => value[key] !== undefined).map((key) => [key, value[key]]);
  return Object.fromEntries(fields) as Pick<T, K>;
}
