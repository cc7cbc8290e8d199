import { plainText } from './table.js';

const SVG = 'http://www.w3.org/2000/svg';

/** Appends one element; text starts at its position unless `text-anchor` says otherwise. */
export type Pen = (name: string, attributes: Record<string, string | number>, text?: string) => void;

export function pen(document: Document, parent: Element): Pen {
  return (name, attributes, text) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    if (text !== undefined) element.textContent = printable(text);
    if (name === 'text' && attributes['text-anchor'] === undefined)
      element.setAttribute('text-anchor', 'start');
    parent.appendChild(element);
  };
}

/** Grows the picture to its whole height, on white, with its text alternative in front. */
export function finish(
  document: Document,
  plot: Element,
  width: number,
  height: number,
  title: string,
  caption: string,
): string {
  const size: Record<string, string | number> = {
    xmlns: SVG,
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    role: 'img',
  };
  for (const [key, value] of Object.entries(size)) plot.setAttribute(key, String(value));
  const head = document.createElementNS(SVG, 'g');
  const draw = pen(document, head);
  draw('title', {}, title);
  draw('desc', {}, caption);
  draw('rect', { width, height, fill: '#ffffff' });
  const style = plot.querySelector('style');
  const parts = Array.from(head.childNodes);
  for (const part of parts.reverse()) plot.insertBefore(part, plot.firstChild);
  if (style !== null) plot.insertBefore(style, plot.querySelector('rect'));
  return `${plot.outerHTML}\n`;
}

/** Text without the control characters that XML forbids. The document escapes the rest. */
function printable(text: string): string {
  return plainText(text, Number.POSITIVE_INFINITY);
}
