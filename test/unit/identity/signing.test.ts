import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Person } from '../../../domain/service.ts';
import type { GateStatement, SignedStatement, StartStatement, StepStatement } from '../../../domain/statement.ts';
import { createIdentity } from '../../../identity/create-identity.ts';
import { preAuthenticationEncoding, signEnvelope } from '../../../identity/dsse.ts';
import { loadIdentity, loadSigningKey } from '../../../identity/load-identity.ts';
import { keyIdOf, publicKeyLine } from '../../../identity/public-key.ts';
import { STATEMENT_TYPE, signStatement } from '../../../identity/sign-statement.ts';
import { verifyStatement } from '../../../identity/verify-statement.ts';
import { temporaryFolder } from '../configuration/valid-configuration.ts';

const keys = generateKeyPairSync('ed25519');
const otherKeys = generateKeyPairSync('ed25519');
const approver: Person = { id: 'approver-2', roles: ['approver'], publicKey: publicKeyLine(keys.publicKey) };
const people: readonly Person[] = [
  { id: 'oncall-1', roles: ['operator'], publicKey: publicKeyLine(otherKeys.publicKey) },
  approver,
];

const approval: GateStatement = {
  type: 'approve',
  person: 'approver-2',
  executionId: 'fo-20261121-0316-k3',
  gateId: 'approve-promotion',
  planDigest: 'sha256:9f31',
  factsDigest: 'sha256:77aa',
  bounds: ['loss ≤ 5 s: unknown since 03:12Z'],
  accepts: ['loss'],
  reason: 'INC-2211, unknown loss accepted',
  issuedAt: '2026-11-21T03:17:00.000Z',
  expiresAt: '2026-11-21T03:27:00.000Z',
};
const start: StartStatement = {
  type: 'start',
  person: 'approver-2',
  executionId: 'fo-20261121-0316-k3',
  runbook: 'region-failover',
  service: 'booking',
  parameters: { to: 'eu-west-3', nested: { list: [1, null, 'ü'] } },
  mode: 'live',
  purpose: 'incident',
  reason: '',
  planDigest: null,
  issuedAt: '2026-11-21T03:16:20.000Z',
};
const abort: StepStatement = {
  type: 'abort',
  person: 'approver-2',
  executionId: 'fo-20261121-0316-k3',
  stepId: null,
  planDigest: 'sha256:9f31',
  reason: 'false alarm',
  issuedAt: '2026-11-21T03:17:00.000Z',
  expiresAt: '2026-11-21T03:27:00.000Z',
};

/** Signed properly, but over whatever somebody made up. */
const signedRaw = (body: string, type = STATEMENT_TYPE): SignedStatement =>
  signEnvelope(type, Buffer.from(body), keys.privateKey, keyIdOf(keys.publicKey));

const codeOf = (signed: unknown, known: readonly Person[] = people): string => {
  try {
    verifyStatement(signed as SignedStatement, known);
    return 'accepted';
  } catch (caught) {
    return (caught as { shape: { code: string } }).shape.code;
  }
};

describe('a signed statement', () => {
  it.each([approval, start, abort, { ...abort, type: 'skip' as const, stepId: 'notify' }])(
    'of type $type gives back the person and exactly what was signed',
    (statement) => {
      expect(verifyStatement(signStatement(statement, keys.privateKey), people)).toEqual({
        person: approver,
        statement,
      });
    },
  );

  it('encodes what is signed as the DSSE specification does', () => {
    // The specification's own test vector.
    expect(preAuthenticationEncoding('http://example.com/HelloWorld', Buffer.from('hello world')).toString()).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
    expect(preAuthenticationEncoding('ü', Buffer.from('ß')).toString()).toBe('DSSEv1 2 ü 2 ß');
  });

  it('is refused when any byte of payload, type or signature is another', () => {
    const signed = signStatement(approval, keys.privateKey);
    const changed = (text: string, at: number): string =>
      text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
    for (let at = 0; at < signed.payload.length; at += 7) {
      expect(codeOf({ ...signed, payload: changed(signed.payload, at) })).not.toBe('accepted');
    }
    const { keyid, sig } = signed.signatures[0]!;
    for (let at = 0; at < sig.length; at++) {
      expect(codeOf({ ...signed, signatures: [{ keyid, sig: changed(sig, at) }] })).toBe('DR_SIGNATURE_INVALID');
    }
    expect(codeOf({ ...signed, payloadType: 'application/vnd.in-toto+json' })).toBe('DR_STATEMENT_MALFORMED');
  });

  it('is refused when the key is nobody’s, whatever key id it claims', () => {
    const foreign = generateKeyPairSync('ed25519').privateKey;
    const signed = signStatement(approval, foreign);
    expect(codeOf(signed)).toBe('DR_IDENTITY_UNKNOWN');
    const posing = [{ ...signed.signatures[0]!, keyid: keyIdOf(keys.publicKey) }];
    expect(codeOf({ ...signed, signatures: posing })).toBe('DR_SIGNATURE_INVALID');
  });

  it('is refused when it speaks for somebody else than the key’s owner', () => {
    expect(codeOf(signStatement({ ...approval, person: 'oncall-1' }, keys.privateKey))).toBe('DR_SIGNATURE_INVALID');
  });

  it.each([
    ['no JSON', 'approve!'],
    ['no statement', '{"type":"approve"}'],
    ['an unknown type', JSON.stringify({ ...approval, type: 'allow' })],
    ['an unknown field', JSON.stringify({ ...approval, also: 'promote us-east-1' })],
    ['fields of two shapes', JSON.stringify({ ...approval, stepId: 'fence-writers' })],
    ['an abort that names a step', JSON.stringify({ ...abort, stepId: 'fence-writers' })],
    ['a skip that names none', JSON.stringify({ ...abort, type: 'skip' })],
    ['a time that is none', JSON.stringify({ ...approval, expiresAt: 'tomorrow' })],
    ['a time without zone', JSON.stringify({ ...approval, expiresAt: '2026-11-21T03:27:00' })],
  ])('is malformed when its payload is %s', (_title, body) => {
    expect(codeOf(signedRaw(body))).toBe('DR_STATEMENT_MALFORMED');
  });

  it('is malformed unless it carries exactly one signature', () => {
    const signed = signStatement(approval, keys.privateKey);
    for (const signatures of [
      [],
      [...signed.signatures, ...signed.signatures],
      null,
      [null],
      [{ keyid: 'x', sig: '' }],
    ]) {
      expect(codeOf({ ...signed, signatures })).toBe('DR_STATEMENT_MALFORMED');
    }
    expect(codeOf(null)).toBe('DR_STATEMENT_MALFORMED');
    expect(codeOf({ ...signed, payload: `${signed.payload} ` })).toBe('DR_STATEMENT_MALFORMED');
  });
});

describe('an identity', () => {
  it('is made once: 0600, usable, and never overwritten', async () => {
    const folder = join(await temporaryFolder(), 'identities');
    const created = await createIdentity('oncall-1', folder);
    expect((await stat(created.privateKeyPath)).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const loaded = await loadIdentity(created.privateKeyPath);
    expect({ publicKey: loaded.publicKey, keyId: loaded.keyId }).toEqual({
      publicKey: created.publicKey,
      keyId: created.keyId,
    });
    const before = await readFile(created.privateKeyPath, 'utf8');
    await expect(createIdentity('oncall-1', folder)).rejects.toMatchObject({ shape: { code: 'DR_IDENTITY_EXISTS' } });
    expect(await readFile(created.privateKeyPath, 'utf8')).toBe(before);
  });

  it('has a public half that openssl reads', async () => {
    const created = await createIdentity('oncall-1', await temporaryFolder());
    const der = execFileSync('openssl', ['pkey', '-pubin', '-in', created.publicKeyPath, '-outform', 'DER']);
    expect(der.toString('base64')).toBe(created.publicKey);
  });

  it.each(['../escape', '', 'a/b', '.hidden'])('is not made under the name %j', async (name) => {
    await expect(createIdentity(name, await temporaryFolder())).rejects.toMatchObject({ shape: { code: 'DR_USAGE' } });
  });

  it('is refused when others can read it, naming the remedy; a ledger key mounted for a group is not', async () => {
    const { privateKeyPath } = await createIdentity('oncall-1', await temporaryFolder());
    await chmod(privateKeyPath, 0o640);
    await expect(loadIdentity(privateKeyPath)).rejects.toMatchObject({
      shape: { code: 'DR_IDENTITY_MISSING', remedy: `chmod 600 ${privateKeyPath}` },
    });
    expect((await loadSigningKey(privateKeyPath)).keyId).toMatch(/^[0-9a-f]{64}$/);
  });

  it('that is missing, of another kind or no key is refused without repeating what the file holds', async () => {
    const folder = await temporaryFolder();
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'pem', type: 'pkcs8' });
    for (const content of [null, rsa, 'correct horse battery staple']) {
      const path = join(folder, 'key.pem');
      if (content !== null) await writeFile(path, content, { mode: 0o600 });
      const refused = await loadIdentity(path).catch((caught: unknown) => caught);
      expect(refused).toMatchObject({ shape: { code: 'DR_IDENTITY_MISSING' } });
      const told = inspect(refused, { depth: 9, showHidden: true });
      if (content !== null) expect(told).not.toContain(String(content).slice(-20, -5));
    }
  });
});
