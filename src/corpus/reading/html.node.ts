import type { parseDocument } from 'htmlparser2';

/** A parsed page. */
export type HtmlDocument = ReturnType<typeof parseDocument>;
/** A node of a parsed page. */
export type HtmlNode = HtmlDocument['children'][number];
/** An element of a parsed page. */
export type HtmlElement = Extract<HtmlNode, { attribs: unknown }>;

/** Tells whether a node is an element, including scripts and styles. */
export function isElement(node: HtmlNode): node is HtmlElement {
  return 'attribs' in node;
}

/** Returns the text of a text node; undefined for other nodes. */
export function textOf(node: HtmlNode): string | undefined {
  const type: string = node.type;
  return type === 'text' && 'data' in node ? node.data : undefined;
}

/** The next step of `walk`: into the node's children, over them, or end. */
export type Step = 'into' | 'over' | 'end';

/** Visits all nodes below `root` in order, in a loop, because deep nesting would overflow the stack. */
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

/** Returns the text below a node and stops after `max` characters. */
export function textBelow(root: HtmlNode, max: number): string {
  let text = '';
  walk(root, (node) => {
    text += textOf(node) ?? '';
    return text.length >= max ? 'end' : 'into';
  });
  return text;
}

/** Tells whether a node contains text. */
export function hasText(root: HtmlNode): boolean {
  let found = false;
  walk(root, (node) => {
    found = /\S/.test(textOf(node) ?? '');
    return found ? 'end' : 'into';
  });
  return found;
}
