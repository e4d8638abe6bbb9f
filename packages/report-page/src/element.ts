import { parseHTML } from 'linkedom';

export type Child = string | number | Node | null | readonly Child[];

/** What of the DOM is used here; the compiler's own DOM types belong to browsers. */
export interface Node {
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
  appendChild(child: object): void;
}

interface TreeBuilder {
  createElement(tag: string): Node;
  createTextNode(text: string): object;
}

/** A document that exists to build trees in: nothing is ever loaded or run. */
export const { document } = parseHTML('<!doctype html><html lang="en"></html>') as unknown as {
  document: TreeBuilder;
};

/**
 * Builds an element. Text is always a text node, so that whatever stands in a name is shown and
 * never read as markup.
 */
export function h(
  tag: string,
  attributes: Readonly<Record<string, string | number>> = {},
  ...children: readonly Child[]
): Node {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  const append = (child: Child): void => {
    if (child === null) return;
    if (typeof child === 'string' || typeof child === 'number')
      element.appendChild(document.createTextNode(String(child)));
    else if (isList(child)) child.forEach(append);
    else element.appendChild(child);
  };
  children.forEach(append);
  return element;
}

function isList(child: Child): child is readonly Child[] {
  return Array.isArray(child);
}
