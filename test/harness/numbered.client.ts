/** The id of the test client with this number. */
export function clientNumber(n: number): string {
  return `client-number-${String(n).padStart(6, '0')}`;
}
