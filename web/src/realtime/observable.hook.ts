import { useEffect, useState } from 'react';
import type { BehaviorSubject, Observable } from 'rxjs';

/** The last value of `source`, `initial` before the first; a new source is subscribed to, its values follow. */
export function useObservable<T>(source: Observable<T>, initial: T): T {
  const [value, setValue] = useState(initial);
  useEffect(() => {
    const subscription = source.subscribe((next) => setValue(() => next));
    return () => subscription.unsubscribe();
  }, [source]);
  return value;
}

/** The current value of a subject. */
export function useSubject<T>(subject: BehaviorSubject<T>): T {
  return useObservable(subject, subject.value);
}
