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
  const [isBehind, setBehind] = useState(false);
  const sticks = useRef(true);
  const last = useRef({ scrollTop: 0, scrollHeight: 0, clientHeight: 0 });

  /** Goes on with the box as it is now. */
  const settle = (element: HTMLElement) => {
    const { scrollTop, scrollHeight, clientHeight } = element;
    if (scrollHeight - scrollTop - clientHeight < NEAR) {
      sticks.current = true;
      setBehind(false);
    }
    last.current = { scrollTop, scrollHeight, clientHeight };
  };
  const toEnd = () => {
    sticks.current = true;
    if (!box) return;
    box.scrollTop = box.scrollHeight;
    settle(box);
  };

  useEffect(() => {
    if (!box) return;
    // Another box has nothing yet that its reader could have scrolled away from.
    sticks.current = true;
    setBehind(false);
    // The box changes its size too: when the composer grows, or a keyboard comes up.
    const observer = new ResizeObserver(() => {
      if (sticks.current) box.scrollTop = box.scrollHeight;
      settle(box);
    });
    observer.observe(box);
    if (box.firstElementChild) observer.observe(box.firstElementChild);
    return () => observer.disconnect();
  }, [box]);
  useEffect(() => {
    if (!sticks.current) setBehind(true);
  }, [news]);

  const onScroll: UIEventHandler<HTMLElement> = ({ currentTarget }) => {
    const { scrollTop, scrollHeight, clientHeight } = currentTarget;
    const before = last.current;
    // It also scrolls because something shrank; only its reader scrolls back while everything has its size.
    const isReader = scrollHeight >= before.scrollHeight && clientHeight === before.clientHeight;
    if (isReader && scrollTop < before.scrollTop) sticks.current = false;
    settle(currentTarget);
  };
  return { box: setBox, onScroll, isBehind, toEnd };
}
