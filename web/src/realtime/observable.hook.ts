import { useEffect, useState } from 'react';
import type { BehaviorSubject, Observable } from 'rxjs';

/** Returns the last value of `source`, or `initial` before the first; a new source replaces the old one. */
export function useObservable<T>(source: Observable<T>, initial: T): T {
  const [value, setValue] = useState(initial);
  useEffect(() => {
    const subscription = source.subscribe((next) => setValue(() => next));
    return () => subscription.unsubscribe();
  }, [source]);
  return value;
}

/** Returns the current value of a subject. */
export function useSubject<T>(subject: BehaviorSubject<T>): T {
  return useObservable(subject, subject.value);
}
