import { useEffect, useRef, useState, type RefCallback, type UIEventHandler } from 'react';

/** A position within this many pixels counts as the end. */
const NEAR = 48;

/** A box that stays scrolled to its end until the user scrolls back. */
export interface Stick {
  /** For the scrolling box; its content must be its only child. */
  box: RefCallback<HTMLElement>;
  onScroll: UIEventHandler<HTMLElement>;
  /** Whether there is new content below the visible part. */
  isBehind: boolean;
  toEnd(): void;
}

/** Keeps a box scrolled to its end; `news` changes with each new content. */
export function useStick(news: string): Stick {
  const [box, setBox] = useState<HTMLElement | null>(null);
  const [isBehind, setBehind] = useState(false);
  const sticks = useRef(true);
  const last = useRef({ scrollTop: 0, scrollHeight: 0, clientHeight: 0 });

  /** Applies the current scroll position. */
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
    // The user has not scrolled in a new box yet.
    sticks.current = true;
    setBehind(false);
    // The box also changes its size when the composer grows or a keyboard appears.
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
    // Shrinking content scrolls too; only with unchanged sizes has the user scrolled back.
    const isReader = scrollHeight >= before.scrollHeight && clientHeight === before.clientHeight;
    if (isReader && scrollTop < before.scrollTop) sticks.current = false;
    settle(currentTarget);
  };
  return { box: setBox, onScroll, isBehind, toEnd };
}
