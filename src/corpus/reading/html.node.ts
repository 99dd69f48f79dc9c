import type { parseDocument } from 'htmlparser2';

/** A parsed page. */
export type HtmlDocument = ReturnType<typeof parseDocument>;
/** A node of a parsed page. */
export type HtmlNode = HtmlDocument['children'][number];
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

/** Whether a step of `walk` goes into the node's children, over them, or ends the walk. */
export type Step = 'into' | 'over' | 'end';

/** Visits everything below `root` in order; a loop and not a recursion, because pages may be nested very deeply. */
export function walk(
  root: HtmlNode,
  enter: (node: HtmlNode) => Step,
  leave: (node: HtmlNode) => void = () => undefined,
): void {
  let node: HtmlNode | null = 'children' in root ? (root.children[0] ?? null) : null;
  while (node) {
    const step = enter(node);
    if (step === 'end') return;
    const child: HtmlNode | undefined = step === 'into' && 'children' in node ? node.children[0] : undefined;
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

/** The text below a node, as much of it as is wanted. */
export function textBelow(root: HtmlNode, most: number): string {
  let text = '';
  walk(root, (node) => {
    text += textOf(node) ?? '';
    return text.length >= most ? 'end' : 'into';
  });
  return text;
}

/** Whether there is any text below a node. */
export function hasText(root: HtmlNode): boolean {
  let found = false;
  walk(root, (node) => {
    found = /\S/.test(textOf(node) ?? '');
    return found ? 'end' : 'into';
  });
  return found;
}
