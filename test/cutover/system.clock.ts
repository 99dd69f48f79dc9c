/** The time in milliseconds by the system's monotonic clock, which all processes of a machine share. */
export function systemNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
