import { defer, distinctUntilChanged, EMPTY, fromEvent, map, Observable, repeat, startWith, switchMap } from 'rxjs';

const isVisible$ = defer(() =>
  fromEvent(document, 'visibilitychange').pipe(
    startWith(undefined),
    map(() => document.visibilityState === 'visible'),
    distinctUntilChanged(),
  ),
);

/**
 * Loads while the page is visible: at once, on each value of `again$`, and `everyMs` milliseconds after each answer. A new
 * request aborts the one before it, so an older answer never replaces a newer one.
 */
export function polling<T>(
  load: (signal: AbortSignal) => Promise<T>,
  everyMs: number,
  again$: Observable<unknown> = EMPTY,
): Observable<T> {
  const loaded$ = new Observable<T>((observer) => {
    const leaving = new AbortController();
    load(leaving.signal).then(
      (value) => {
        observer.next(value);
        observer.complete();
      },
      (thrown: unknown) => observer.error(thrown),
    );
    return () => leaving.abort();
  });
  const polls$ = again$.pipe(
    startWith(undefined),
    switchMap(() => loaded$.pipe(repeat({ delay: everyMs }))),
  );
  return isVisible$.pipe(switchMap((isVisible) => (isVisible ? polls$ : EMPTY)));
}
