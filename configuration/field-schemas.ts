import { isIP } from 'node:net';
import { z } from 'zod';

/** Scalars of the configuration. Every message is what was expected, so that a problem can be told in one sentence. */

const text = (expected: string, fits: (value: string) => boolean) =>
  z.string({ error: expected }).refine(fits, { error: expected });

const matching = (pattern: RegExp, expected: string) => text(expected, (value) => pattern.test(value));

export const wholeNumber = (from: number, to: number, unit: string) => {
  const expected = `a whole number of ${unit} from ${from} to ${to}`;
  return z
    .number({ error: expected })
    .refine((value) => Number.isInteger(value) && value >= from && value <= to, { error: expected });
};

export const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, { error: `one of ${values.join(', ')}` });

export const withPrefix = (prefix: string, expected: string) =>
  text(expected, (value) => value.startsWith(prefix) && /^[A-Za-z0-9.-]+$/.test(value));

export const port = () => wholeNumber(1, 65_535, 'a port');
export const nonEmpty = (what: string) => text(what, (value) => value.trim() !== '');
export const path = (what: string) => text(`path of ${what}`, (value) => value.trim() !== '' && !value.includes('\0'));

/** Names that end up in workflow ids, folders and DNS labels. */
export const slug = (what: string) =>
  matching(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, `${what}: lower-case letters, digits and single hyphens`);

export const personId = matching(
  /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/,
  'an id: letters, digits and . _ @ - (at most 64)',
);
export const region = matching(/^[a-z]{2}(-[a-z]+)+-\d$/, "a region, for instance 'eu-west-3'");
export const domainName = matching(
  /^(?=.{1,253}$)[a-z0-9_]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/i,
  "a domain name without a final dot, for instance 'booking.example.com'",
);
export const ipAddress = text('an IP address', (value) => isIP(value) !== 0);

/** Identifiers are spliced into SQL, where they cannot be parameters: nothing that would need quoting. */
export const sqlIdentifier = matching(/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/, 'a plain SQL name, lower case');

/** One query and nothing else: it runs read-only, and what it returns counts against the restore. */
export const sqlQuery = text(
  "one query that begins with 'select' or 'with', without a final ';'",
  (value) => /^\s*(select|with)\s/i.test(value) && !value.includes(';'),
);

const isPort = (value: string): boolean => /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535;

const splitAtLastColon = (value: string): readonly [string, string] => {
  const at = value.lastIndexOf(':');
  return at < 0 ? [value, ''] : [value.slice(0, at), value.slice(at + 1)];
};

export const hostAndPort = text("'host:port'", (value) => {
  const [host, portText] = splitAtLastColon(value);
  return /^[A-Za-z0-9._-]+$|^\[[0-9a-fA-F:]+\]$/.test(host) && isPort(portText);
});

export const addressAndPort = text("'address:port' with an IP address", (value) => {
  const [host, portText] = splitAtLastColon(value);
  return isIP(host.replace(/^\[|\]$/g, '')) !== 0 && isPort(portText);
});

export const httpUrl = text('an http or https URL', (value) => {
  if (!URL.canParse(value)) return false;
  return ['http:', 'https:'].includes(new URL(value).protocol);
});

export const httpPath = matching(/^\/[^\s?#]*$/, "a path that starts with '/'");

export const clusterArn = matching(
  /^arn:aws[a-z-]*:rds:[a-z0-9-]+:\d{12}:cluster:[A-Za-z][A-Za-z0-9-]*$/,
  "a cluster ARN, 'arn:aws:rds:REGION:ACCOUNT:cluster:NAME'",
);

export const keyArn = matching(
  /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/,
  "a key ARN, 'arn:aws:kms:REGION:ACCOUNT:key/ID'",
);
