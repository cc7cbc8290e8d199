/** Figures and tables from measurement rows. */
export { curves } from './curves.js';
export { emptyDocument } from './document.js';
export { type Column, formatTable } from './table.js';
