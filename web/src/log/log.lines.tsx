import { useLayoutEffect, useRef } from 'react';

/** A line of a log. */
export interface LogLine {
  /** ISO 8601 with Z. */
  at: string;
  level: 'info' | 'warning' | 'error';
  message: string;
}

/** A position within this many pixels counts as the end. */
const NEAR = 24;

/** Shows the last lines of a log, scrolled to the newest unless the user scrolls back. */
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
