import type { ReactNode } from 'react';
import type { Stick } from './stick.hook.js';

/** The scrolling list of messages. */
export function MessageBox({ stick, children }: { stick: Stick; children: ReactNode }) {
  return (
    <div className="chat-box">
      {/* Without `role="log"`, which would announce every piece of an answer. */}
      <section ref={stick.box} onScroll={stick.onScroll} tabIndex={0} aria-label="Messages">
        <ol className="messages">{children}</ol>
      </section>
      {stick.isBehind && (
        <button type="button" className="newer" onClick={stick.toEnd}>
          New messages <span aria-hidden="true">↓</span>
        </button>
      )}
    </div>
  );
}
