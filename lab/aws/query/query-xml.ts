/** What an operation answers, before it is written as XML. `undefined` members are left out. */
export type XmlValue = string | number | boolean | Date | readonly XmlValue[] | XmlObject;
export type XmlObject = { readonly [name: string]: XmlValue | undefined };

/** How the items of a list are named, by the list's own name; a list that is not here has items named `member`. */
export type ItemNames = Readonly<Record<string, string>>;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

// Control characters other than tab and line breaks are not XML 1.0 at all, so they are dropped.
const escapeXml = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed.
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '').replace(/[&<>"']/g, (found) => ENTITIES[found]!);

/** One element and everything in it. */
function xmlElement(name: string, value: XmlValue, itemNames: ItemNames): string {
  return `<${name}>${contents(name, value, itemNames)}</${name}>`;
}

function contents(name: string, value: XmlValue, itemNames: ItemNames): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object') return escapeXml(String(value));
  if (isList(value)) return value.map((item) => xmlElement(itemNames[name] ?? 'member', item, itemNames)).join('');
  return Object.entries(value)
    .map(([member, inner]) => (inner === undefined ? '' : xmlElement(member, inner, itemNames)))
    .join('');
}

const isList = (value: XmlValue): value is readonly XmlValue[] => Array.isArray(value);

export function responseXml(
  operation: string,
  result: XmlObject,
  requestId: string,
  namespace: string,
  itemNames: ItemNames,
): string {
  const body = xmlElement(`${operation}Result`, result, itemNames);
  const metadata = xmlElement('ResponseMetadata', { RequestId: requestId }, itemNames);
  return `<${operation}Response xmlns="${namespace}">${body}${metadata}</${operation}Response>`;
}

export function errorXml(
  error: { readonly code: string; readonly message: string; readonly status: number },
  requestId: string,
  namespace: string,
): string {
  const type = error.status < 500 ? 'Sender' : 'Receiver';
  const body = xmlElement('Error', { Type: type, Code: error.code, Message: error.message }, {});
  return `<ErrorResponse xmlns="${namespace}">${body}${xmlElement('RequestId', requestId, {})}</ErrorResponse>`;
}
