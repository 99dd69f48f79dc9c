import type { CrawlLogLine } from '@switchyard/services';
import { useLayoutEffect, useRef } from 'react';

/** The last lines of a crawl's log, scrolled to the newest. */
export function CrawlLog({ lines }: { lines: readonly CrawlLogLine[] }) {
  const list = useRef<HTMLOListElement>(null);
  const last = lines.at(-1);
  useLayoutEffect(() => {
    const element = list.current;
    if (element) element.scrollTop = element.scrollHeight;
  }, [last?.at, last?.message]);
  if (lines.length === 0) return null;
  return (
    <ol className="log" ref={list} tabIndex={0} aria-label="Log">
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
