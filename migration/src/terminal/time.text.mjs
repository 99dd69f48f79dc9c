const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/** A point in time for people of several time zones: `2026-11-27 15:12:03 UTC`. @param {string} iso ISO 8601 with Z */
export const absolute = (iso) => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;

/** How long ago a point in time was, in its largest unit: `3 min ago`. @param {string} iso @param {number} [now] ms */
export function relative(iso, now = Date.now()) {
  const seconds = Math.round((now - Date.parse(iso)) / 1000);
  // The server's clock may be ahead of ours.
  if (seconds < 1) return 'just now';
  if (seconds < MINUTE_S) return `${seconds} s ago`;
  if (seconds < HOUR_S) return `${Math.floor(seconds / MINUTE_S)} min ago`;
  if (seconds < DAY_S) return `${Math.floor(seconds / HOUR_S)} h ago`;
  const days = Math.floor(seconds / DAY_S);
  return `${days} ${days === 1 ? 'day' : 'days'} ago`;
}

/** A duration in ms, for people: `140 ms`, `2.1 s`. @param {number} ms */
export const duration = (ms) => (ms < 999.5 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

/** @type {readonly [number, string][]} */
const UNITS = [
  [DAY_S, 'd'],
  [HOUR_S, 'h'],
  [MINUTE_S, 'min'],
  [1, 's'],
];

/** A length of time for people, in its two largest units: `45 s`, `1 h 30 min`. @param {number} seconds */
export function span(seconds) {
  let rest = Math.round(seconds);
  const first = UNITS.findIndex(([length]) => rest >= length);
  if (first === -1) return '0 s';
  const parts = UNITS.slice(first, first + 2).flatMap(([length, unit]) => {
    const count = Math.floor(rest / length);
    rest -= count * length;
    return count > 0 ? [`${count} ${unit}`] : [];
  });
  return parts.join(' ');
}
