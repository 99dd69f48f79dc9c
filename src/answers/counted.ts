/** Formats a count with its noun: `3 pages`, `1 page`. */
export function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
