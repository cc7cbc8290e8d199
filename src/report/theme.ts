/** What all figures have in common. */

/** Colours of text: what is said, and what only explains. */
export const INK = '#222222';
export const MUTED = '#5f5f5f';
export const FONT = 'system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif';
/** Style of a plot. */
export const STYLE = { fontFamily: FONT, fontSize: '12px', color: INK, background: '#ffffff' } as const;

/** Takes the marks' own labels away: the figure has one text alternative, its caption. */
export function withoutLabels(plot: Element): void {
  for (const mark of plot.querySelectorAll('[aria-label]')) mark.removeAttribute('aria-label');
}
