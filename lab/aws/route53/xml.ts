import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser';
import { Route53Error } from './route53-error.ts';

const NAMESPACE = 'https://route53.amazonaws.com/doc/2013-04-01/';

/** Elements in the order they are written; a list repeats its element. */
export type XmlValue = string | number | boolean | readonly XmlValue[] | { readonly [element: string]: XmlValue };

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });
const parser = new XMLParser({
  ignoreAttributes: true,
  // Everything stays text: a value of `010` or `true` is a record's own business.
  parseTagValue: false,
  isArray: (element) => element === 'Change' || element === 'ResourceRecord',
});

export const writeXml = (root: string, body: { readonly [element: string]: XmlValue }): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ [root]: { '@xmlns': NAMESPACE, ...body } })}`;

/** @throws Route53Error `MalformedInput` when it is not XML. */
export function readXml(text: string): unknown {
  const problem = XMLValidator.validate(text);
  if (problem !== true)
    throw new Route53Error(400, 'MalformedInput', `Unable to parse the request: ${problem.err.msg}`);
  try {
    return parser.parse(text);
  } catch (caught) {
    throw new Route53Error(400, 'MalformedInput', `Unable to parse the request: ${String(caught)}`);
  }
}
