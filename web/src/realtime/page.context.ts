import type { Realtime, WireName } from '@switchyard/client';
import { createContext, useContext } from 'react';

/** What every panel of this page shares. */
export interface Page {
  realtime: Realtime;
  /** The wire this tab was opened to try; undefined when it does as the server says. */
  wire: WireName | undefined;
}

export const PageContext = createContext<Page | undefined>(undefined);

/** The page a component is on. @throws Error outside of one */
export function usePage(): Page {
  const page = useContext(PageContext);
  if (!page) throw new Error('unable to render; there is no PageContext above');
  return page;
}
