import { isIPv4, isIPv6 } from 'node:net';
import type { Answer, SoaData } from 'dns-packet';
import type { ZoneRecordType } from './record-set.ts';

const NAME = /^(?=.{1,254}$)(\*\.)?([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?$/i;
const QUOTED_STRINGS = /^"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*$/;

/** A value that is not one of its type, in Route 53's own words. */
export class InvalidRecordValue extends Error {}

const refuse = (problem: string, says: string, value: string): never => {
  throw new InvalidRecordValue(
    `Invalid Resource Record: 'FATAL problem: ${problem} (${says}) encountered with '${value}''`,
  );
};

const domainName = (value: string, source = value): string =>
  NAME.test(value) ? value : refuse('DomainLabelIsIllegal', 'Value is not a valid domain name', source);

const number = (text: string | undefined, limit: number, source: string): number => {
  const parsed = /^\d+$/.test(text ?? '') ? Number(text) : Number.NaN;
  return parsed <= limit ? parsed : refuse('NumericFieldOutOfRange', `Value is not a number up to ${limit}`, source);
};

const fields = (value: string, count: number): string[] => {
  const parts = value.trim().split(/\s+/);
  return parts.length === count ? parts : refuse('WrongNumberOfFields', `Value should have ${count} fields`, value);
};

const texts = (value: string): string[] => {
  if (!QUOTED_STRINGS.test(value)) {
    return refuse('InvalidCharacterString', 'Value should be enclosed in quotation marks', value);
  }
  return [...value.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => {
    const text = match[1]!.replace(/\\(.)/g, '$1');
    return Buffer.byteLength(text) <= 255
      ? text
      : refuse('CharacterStringTooLong', 'String in value is longer than 255 characters', value);
  });
};

/** `ns1.lab.test. hostmaster.lab.test. 1 7200 900 1209600 2` as DNS sends it. */
export function soaData(value: string): SoaData {
  const [mname, rname, ...numbers] = fields(value, 7);
  const [serial, refresh, retry, expire, minimum] = numbers.map((text) => number(text, 2 ** 31 - 1, value));
  return {
    mname: domainName(mname!, value),
    rname: domainName(rname!, value),
    serial: serial!,
    refresh: refresh!,
    retry: retry!,
    expire: expire!,
    minimum: minimum!,
  };
}

/**
 * One value of a record set as a DNS answer.
 * @throws InvalidRecordValue when the value is not one of that type.
 */
export function recordAnswer(type: ZoneRecordType, name: string, ttlSeconds: number, value: string): Answer {
  const base = { name, ttl: ttlSeconds, class: 'IN' as const };
  switch (type) {
    case 'A':
      if (!isIPv4(value)) refuse('ARRDATAIllegalIPv4Address', 'Value is not a valid IPv4 address', value);
      return { ...base, type, data: value };
    case 'AAAA':
      if (!isIPv6(value)) refuse('AAAARRDATAIllegalIPv6Address', 'Value is not a valid IPv6 address', value);
      return { ...base, type, data: value };
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return { ...base, type, data: domainName(value) };
    case 'TXT':
      return { ...base, type, data: texts(value) };
    case 'SOA':
      return { ...base, type, data: soaData(value) };
    case 'MX': {
      const [preference, exchange] = fields(value, 2);
      return {
        ...base,
        type,
        data: { preference: number(preference, 65_535, value), exchange: domainName(exchange!, value) },
      };
    }
    case 'SRV': {
      const [priority, weight, port, target] = fields(value, 4);
      return {
        ...base,
        type,
        data: {
          priority: number(priority, 65_535, value),
          weight: number(weight, 65_535, value),
          port: number(port, 65_535, value),
          target: domainName(target!, value),
        },
      };
    }
  }
}
