/** A plain tree, and what it becomes: DOM, or HTML text for tests. Text only ever becomes text nodes. */
export type Tree =
  | string
  | { readonly tag: string; readonly attrs: Readonly<Record<string, string>>; readonly children: readonly Tree[] };

export function el(
  tag: string,
  attrs: Readonly<Record<string, string>> = {},
  ...children: readonly (Tree | readonly Tree[])[]
): Tree {
  return { tag, attrs, children: children.flat() as Tree[] };
}

const SVG = new Set(['svg', 'line', 'text', 'polyline', 'circle', 'rect', 'title', 'g']);

export function toDom(tree: Tree, document_: Document): Node {
  if (typeof tree === 'string') return document_.createTextNode(tree);
  const element = SVG.has(tree.tag)
    ? document_.createElementNS('http://www.w3.org/2000/svg', tree.tag)
    : document_.createElement(tree.tag);
  for (const [name, value] of Object.entries(tree.attrs)) element.setAttribute(name, value);
  for (const child of tree.children) element.append(toDom(child, document_));
  return element;
}

const VOID = new Set(['br', 'hr', 'meta', 'link']);

export function toHtml(tree: Tree): string {
  const escape_ = (text: string) =>
    text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
  if (typeof tree === 'string') return escape_(tree);
  const attrs = Object.entries(tree.attrs)
    .map(([name, value]) => ` ${name}="${escape_(value)}"`)
    .join('');
  if (VOID.has(tree.tag)) return `<${tree.tag}${attrs}>`;
  return `<${tree.tag}${attrs}>${tree.children.map(toHtml).join('')}</${tree.tag}>`;
}
