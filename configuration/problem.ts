import type { z } from 'zod';
import { keysAt, nearest } from './known-keys.ts';

/** One thing wrong with the configuration. */
export interface Problem {
  /** Path of the field as it stands in the file: `services.booking.people[0].publicKey`. */
  readonly field: string;
  /** What stands there, for people; never the value of a field that may hold a secret. */
  readonly found: string;
  readonly expected: string;
}

export const problemLine = (problem: Problem): string =>
  `${problem.field}: ${problem.found}, must be ${problem.expected}`;

type Path = readonly PropertyKey[];

export function fieldName(path: Path): string {
  let name = '';
  for (const part of path) {
    if (typeof part === 'number') name += `[${part}]`;
    else name += name === '' ? String(part) : `.${String(part)}`;
  }
  return name === '' ? 'the file' : name;
}

/** Fields whose value is not repeated: a key pasted into the wrong place or a webhook's address is a secret. */
const WITHHELD = new Set(['publicKey', 'url', 'passwordFile', 'tokenFile', 'ledgerKey', 'server', 'variables']);
const LOOKS_SECRET = /PRIVATE KEY|:\/\/[^/]*@|MC4CAQAwBQYDK2Vw/;

/** The value as people may see it. */
function shown(value: unknown, path: Path): string {
  if (value === undefined) return 'is missing';
  if (value === null) return 'is empty';
  if (Array.isArray(value)) return 'is a list';
  if (typeof value === 'object') return 'is a mapping';
  const withheld = path.some((part) => WITHHELD.has(String(part)));
  if (withheld || LOOKS_SECRET.test(String(value))) return `is a ${typeof value} (not shown)`;
  const text = String(value);
  return `is ${JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : value)}`;
}

const KINDS: Readonly<Record<string, string>> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
};

type Issue = z.core.$ZodIssue;

/** Problems of one schema issue; an unknown key each is one. */
export function problemsOf(issue: Issue, raw: unknown, schema: z.ZodType): readonly Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path);
    return issue.keys.map((key) => ({
      field: fieldName([...issue.path, key]),
      found: 'is not a known key',
      expected: `left out or renamed${nearest(key, known)}; known here: ${known.join(', ')}`,
    }));
  }
  if (issue.code === 'invalid_key') {
    const name = issue.path.at(-1);
    const expected = issue.issues[0]?.message ?? 'another name';
    return [{ field: fieldName(issue.path), found: `is named ${JSON.stringify(String(name))}`, expected }];
  }
  const expected =
    issue.code === 'invalid_type' && issue.message.startsWith('Invalid input')
      ? (KINDS[issue.expected] ?? issue.expected)
      : issue.message;
  return [{ field: fieldName(issue.path), found: shown(valueAt(raw, issue.path), issue.path), expected }];
}

function valueAt(raw: unknown, path: Path): unknown {
  let value = raw;
  for (const part of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}
