import { Fault } from '@switchyard/contract';

/** How a connection to an old server ended. */
export interface UpstreamEnd {
  /** The HTTP status with which the old server refused the upgrade. */
  readonly status?: number;
  /** The close code, 1006 for a connection that was cut. */
  readonly code?: number;
  /** Why this process ended it, or could not open it. */
  readonly reason?: string;
}

/** The close codes that say nothing about the client: going away, cut off, an error or a restart of the server. */
const PASSING_CODES = new Set([1000, 1001, 1005, 1006, 1011, 1012, 1013, 1014]);
/** The statuses of the client's range that a later attempt may not get. */
const PASSING_STATUSES = new Set([408, 425, 429]);

/** Whether the old server has refused this room or these credentials, so that the same attempt would fail again. */
function isRefusal({ status, code }: UpstreamEnd): boolean {
  if (status !== undefined) return status >= 300 && status < 500 && !PASSING_STATUSES.has(status);
  return code !== undefined && !PASSING_CODES.has(code);
}

/** The fault that callers get for a connection that could not be opened. */
export function faultOf(end: UpstreamEnd): Fault {
  const { status, code, reason } = end;
  const details = {
    ...(status !== undefined && { status }),
    ...(code !== undefined && { close_code: code }),
    ...(reason !== undefined && { reason }),
  };
  return new Fault(isRefusal(end) ? 'upstream.refused' : 'upstream.unavailable', details);
}
