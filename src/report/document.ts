import { parseHTML } from 'linkedom';

/** An empty document to draw figures in where there is no browser. */
export function emptyDocument(): Document {
  return parseHTML('<!doctype html><html><body></body></html>').document as unknown as Document;
}
