import type { CheerioAPI } from 'cheerio';

/** A node of a parsed page. */
export type HtmlNode = ReturnType<ReturnType<CheerioAPI['root']>['contents']>[number];
/** An element of a parsed page. */
export type HtmlElement = Extract<HtmlNode, { attribs: unknown }>;

/** Whether a node is an element, scripts and styles included. */
export function isElement(node: HtmlNode): node is HtmlElement {
  return 'attribs' in node;
}

/** The characters of a text node; undefined for any other. */
export function textOf(node: HtmlNode): string | undefined {
  const type: string = node.type;
  return type === 'text' && 'data' in node ? node.data : undefined;
}

/** Whether a step of `walk` goes into the node's children. */
export type Step = 'into' | 'over';

/** Visits everything below `root` in order; a loop and not a recursion, because pages may be nested very deeply. */
export function walk(root: HtmlNode, enter: (node: HtmlNode) => Step, leave: (node: HtmlNode) => void): void {
  let node: HtmlNode | null = 'children' in root ? (root.children[0] ?? null) : null;
  while (node) {
    const child: HtmlNode | undefined = enter(node) === 'into' && 'children' in node ? node.children[0] : undefined;
    if (child) {
      node = child;
      continue;
    }
    leave(node);
    while (node && !node.next) {
      node = node.parent;
      if (!node || node === root) return;
      leave(node);
    }
    node = node?.next;
  }
}
