import { absoluteName } from '../../dns/record-set.ts';

/** A name as a client may write it: any case, with or without the final dot, unusual characters as `\052`. */
export const nameFromWire = (text: string): string =>
  absoluteName(text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))));

/** `www.lab.test.` → `test.lab.www.`: Route 53 lists names in the ASCII order of this, so a zone's apex comes first. */
export const sortingName = (name: string): string => `${name.replace(/\.$/, '').split('.').reverse().join('.')}.`;
