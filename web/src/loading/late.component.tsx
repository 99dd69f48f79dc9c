import { useEffect, useState, type ComponentType, type ReactNode } from 'react';

/**
 * Creates a component whose code is loaded when it is first shown, with something to show until then.
 *
 * It appears as soon as its code is there; `Suspense` would keep its own fallback for at least 300 ms.
 */
export function lateComponent<P extends object>(
  load: () => Promise<ComponentType<P>>,
  meanwhile?: ReactNode,
): ComponentType<P> {
  let loaded: ComponentType<P> | undefined;
  return function LateComponent(properties: P) {
    const [Content, setContent] = useState(() => loaded);
    useEffect(() => {
      if (Content) return;
      load().then(
        (content) => {
          loaded = content;
          setContent(() => content);
        },
        // Thrown where React's error boundaries see it.
        (error: unknown) =>
          setContent(() => {
            throw error;
          }),
      );
    }, [Content]);
    return Content ? <Content {...properties} /> : meanwhile;
  };
}
