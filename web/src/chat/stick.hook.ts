import { useEffect, useRef, useState, type RefCallback, type UIEventHandler } from 'react';

/** So near to the end is at the end, in pixels. */
const NEAR = 48;

/** A box that stays at the end of what is in it, unless its reader has scrolled away from there. */
export interface Stick {
  /** For the box that scrolls; what it holds is its only child. */
  box: RefCallback<HTMLElement>;
  onScroll: UIEventHandler<HTMLElement>;
  /** Whether there is something new that the reader has not come to. */
  isBehind: boolean;
  toEnd(): void;
}

/** Sticks to the end; `news` changes with everything new. */
export function useStick(news: string): Stick {
  const [box, setBox] = useState<HTMLElement | null>(null);
  const sticks = useRef(true);
  const [isBehind, setBehind] = useState(false);

  const toEnd = () => {
    sticks.current = true;
    setBehind(false);
    if (box) box.scrollTop = box.scrollHeight;
  };

  useEffect(() => {
    if (!box) return;
    // The box shrinks too: when the composer grows, or a keyboard comes up.
    const observer = new ResizeObserver(() => {
      if (sticks.current) box.scrollTop = box.scrollHeight;
    });
    observer.observe(box);
    if (box.firstElementChild) observer.observe(box.firstElementChild);
    return () => observer.disconnect();
  }, [box]);
  useEffect(() => {
    if (!sticks.current) setBehind(true);
  }, [news]);

  const onScroll: UIEventHandler<HTMLElement> = ({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
    sticks.current = scrollHeight - scrollTop - clientHeight < NEAR;
    if (sticks.current) setBehind(false);
  };
  return { box: setBox, onScroll, isBehind, toEnd };
}
