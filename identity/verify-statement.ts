import type { KeyObject } from 'node:crypto';
import { LifeboatError } from '../domain/errors.ts';
import type { Person } from '../domain/service.ts';
import type { SignedStatement, Statement } from '../domain/statement.ts';
import { signatureFits, strictBase64 } from './dsse.ts';
import { keyIdOf, parsePublicKeyLine } from './public-key.ts';
import { STATEMENT_TYPE } from './sign-statement.ts';
import { statementSchema } from './statement-schema.ts';

/**
 * Who signed, and what. The signature is checked over the bytes before they are read as a statement.
 * @throws LifeboatError DR_STATEMENT_MALFORMED, DR_IDENTITY_UNKNOWN for a key of nobody in `people`, DR_SIGNATURE_INVALID
 *   also when the statement speaks for another person than the key's owner.
 */
export function verifyStatement(
  signed: SignedStatement,
  people: readonly Person[],
): { readonly person: Person; readonly statement: Statement } {
  const keyId = onlyKeyId(signed);
  const owner = ownerOf(keyId, people);
  if (!owner) {
    throw new LifeboatError('DR_IDENTITY_UNKNOWN', `the key ${keyId.slice(0, 12)}… belongs to nobody under people`, {
      field: 'signatures[0].keyid',
      actual: keyId,
      expected: people.map(({ id }) => id),
    });
  }
  if (!signatureFits(signed, owner.key)) {
    throw new LifeboatError(
      'DR_SIGNATURE_INVALID',
      `the signature is not that of '${owner.person.id}' over this statement`,
      {
        field: 'signatures[0].sig',
      },
    );
  }
  const statement = parseStatement(signed);
  if (statement.person !== owner.person.id) {
    throw new LifeboatError(
      'DR_SIGNATURE_INVALID',
      `the statement speaks for '${statement.person}', but the key that signed it belongs to '${owner.person.id}'`,
      { field: 'person', actual: statement.person, expected: owner.person.id },
    );
  }
  return { person: owner.person, statement };
}

function onlyKeyId(signed: SignedStatement): string {
  if (signed?.payloadType !== STATEMENT_TYPE) throw malformed('payloadType', `must be '${STATEMENT_TYPE}'`);
  if (typeof signed.payload !== 'string' || !strictBase64(signed.payload)) throw malformed('payload', 'must be base64');
  const signatures: unknown = signed.signatures;
  if (!Array.isArray(signatures) || signatures.length !== 1) throw malformed('signatures', 'must be exactly one');
  const { keyid, sig } = signed.signatures[0] ?? {};
  if (typeof keyid !== 'string' || !/^[0-9a-f]{64}$/.test(keyid)) {
    throw malformed('signatures[0].keyid', 'must be a SHA-256 in hex');
  }
  if (typeof sig !== 'string') throw malformed('signatures[0].sig', 'must be base64');
  return keyid;
}

function ownerOf(keyId: string, people: readonly Person[]) {
  for (const person of people) {
    const known = keyOf(person.publicKey);
    if (known?.keyId === keyId) return { person, key: known.key };
  }
  return null;
}

/** Keys already parsed: parsing costs as much as verifying, and a ledger names the same few people again and again. */
const parsedKeys = new Map<string, { readonly key: KeyObject; readonly keyId: string }>();
const MOST_PARSED_KEYS = 1_000;

function keyOf(line: string) {
  const before = parsedKeys.get(line);
  if (before) return before;
  const key = parsePublicKeyLine(line);
  if (!key) return null;
  if (parsedKeys.size >= MOST_PARSED_KEYS) parsedKeys.clear();
  const parsed = { key, keyId: keyIdOf(key) };
  parsedKeys.set(line, parsed);
  return parsed;
}

function parseStatement(signed: SignedStatement): Statement {
  const parsed = statementSchema.safeParse(parseJson(Buffer.from(signed.payload, 'base64')));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const extra = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  throw malformed(['payload', ...issue.path, ...(extra === undefined ? [] : [extra])].join('.'), issue.message);
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw malformed('payload', 'must be JSON in UTF-8');
  }
}

const malformed = (field: string, expected: string): LifeboatError =>
  new LifeboatError('DR_STATEMENT_MALFORMED', `${field} of the signed statement ${expected}`, { field, expected });
