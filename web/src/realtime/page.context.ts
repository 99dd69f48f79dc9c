import type { Realtime, WireName } from '@switchyard/client';
import { createContext, useContext } from 'react';

/** The shared context of all panels. */
export interface Page {
  realtime: Realtime;
  /** The wire that this tab forces; undefined to follow the server. */
  wire: WireName | undefined;
}

export const PageContext = createContext<Page | undefined>(undefined);

/** Returns the page context. @throws Error outside of a page */
export function usePage(): Page {
  const page = useContext(PageContext);
  if (!page) throw new Error('unable to render; there is no PageContext above');
  return page;
}
