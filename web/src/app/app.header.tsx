import { useEffect, useRef } from 'react';
import { ConnectionBadge } from './connection.badge.js';
import { PANELS, type Panel } from './panel.list.js';

/** Shows the product name, the navigation and the connection's state. */
export function AppHeader({ current }: { current: Panel }) {
  const list = useRef<HTMLUListElement>(null);
  // On a small screen the navigation scrolls, so the current entry is scrolled into view.
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [current.id]);
  return (
    <header className="app-header">
      <div className="app-bar">
        <a className="brand" href={`#${PANELS[0].id}`}>
          <BrandMark />
          Switchyard
        </a>
        <nav aria-label="Panels">
          <ul ref={list}>
            {PANELS.map(({ id, title }) => (
              <li key={id}>
                <a href={`#${id}`} aria-current={id === current.id ? 'page' : undefined}>
                  {title}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <ConnectionBadge />
      </div>
    </header>
  );
}

function BrandMark() {
  return (
    <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
      <rect width="32" height="32" rx="7" />
      <path d="M9 27V5M9 22C9 15 23 17 23 10V5" />
    </svg>
  );
}
