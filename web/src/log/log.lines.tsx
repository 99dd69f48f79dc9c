import { useLayoutEffect, useRef } from 'react';

/** A line of a log as it is shown. */
export interface LogLine {
  /** ISO 8601 with Z. */
  at: string;
  level: 'info' | 'warning' | 'error';
  message: string;
}

/** So near to the end is at the end, in pixels. */
const NEAR = 24;

/** The last lines of a log, scrolled to the newest unless its reader went back; nothing where there are none. */
export function LogLines({ lines }: { lines: readonly LogLine[] }) {
  const list = useRef<HTMLOListElement>(null);
  const sticks = useRef(true);
  useLayoutEffect(() => {
    const element = list.current;
    if (element && sticks.current) element.scrollTop = element.scrollHeight;
  }, [lines]);
  if (lines.length === 0) return null;
  return (
    <ol
      className="log"
      ref={list}
      tabIndex={0}
      aria-label="Log"
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        sticks.current = scrollHeight - scrollTop - clientHeight < NEAR;
      }}
    >
      {lines.map(({ at, level, message }, place) => (
        <li key={`${at} ${place}`} className={`level-${level}`}>
          <time dateTime={at}>{new Date(at).toLocaleTimeString([], { hourCycle: 'h23' })}</time>
          <span>
            {level !== 'info' && <span className="visually-hidden">{level}: </span>}
            {message}
          </span>
        </li>
      ))}
    </ol>
  );
}
