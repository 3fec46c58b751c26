import { generateKeyPairSync } from 'node:crypto';
import type { EvidenceDraft } from '../../../domain/evidence.ts';
import type { Person } from '../../../domain/service.ts';
import type { SignedStatement } from '../../../domain/statement.ts';
import { keyIdOf, publicKeyLine } from '../../../identity/public-key.ts';
import { signStatement } from '../../../identity/sign-statement.ts';
import { FolderLedgerStore } from '../../../ledger/folder-ledger-store.ts';
import { Ledger } from '../../../ledger/ledger.ts';
import { temporaryFolder } from '../configuration/valid-configuration.ts';
import { draft as plainDraft } from './draft.ts';

export function signingKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKey,
    keyId: keyIdOf(publicKey),
    publicKey: publicKeyLine(publicKey),
    publicKeyPem: publicKey.export({ format: 'pem', type: 'spki' }) as string,
  };
}

const asker = signingKey();
const approver = signingKey();
const PEOPLE: readonly Person[] = [
  { id: 'oncall-1', roles: ['operator'], publicKey: asker.publicKey },
  { id: 'approver-2', roles: ['approver'], publicKey: approver.publicKey },
];

/** A draft whose opening carries the people, as the engine writes it. */
export const draft = (
  type: EvidenceDraft['type'],
  executionId: string,
  more: Partial<EvidenceDraft> = {},
): EvidenceDraft =>
  plainDraft(type, executionId, {
    ...(type === 'opened' && { facts: { people: PEOPLE as never, mode: 'live' } }),
    ...more,
  });

export const started = (executionId: string, key = asker): SignedStatement =>
  signStatement(
    {
      type: 'start',
      person: 'oncall-1',
      executionId,
      runbook: 'region-failover',
      service: 'booking',
      parameters: { to: 'eu-west-3' },
      mode: 'live',
      purpose: 'incident',
      reason: 'INC-2211',
      planDigest: null,
      issuedAt: '2026-11-21T03:16:20.000Z',
    },
    key.privateKey,
  );

export const approved = (executionId: string, key = approver): SignedStatement =>
  signStatement(
    {
      type: 'approve',
      person: 'approver-2',
      executionId,
      gateId: 'approve-promotion',
      planDigest: 'sha256:9f31',
      factsDigest: 'sha256:77aa',
      bounds: [],
      accepts: [],
      reason: 'yes',
      issuedAt: '2026-11-21T03:17:00.000Z',
      expiresAt: '2026-11-21T03:27:00.000Z',
    },
    key.privateKey,
  );

/** A new ledger in a folder of the test's own. */
export async function emptyLedger() {
  const folder = await temporaryFolder();
  const key = signingKey();
  const reopen = (): Ledger => new Ledger(new FolderLedgerStore(folder), key);
  return { folder, key, reopen, ledger: reopen() };
}

/** Two executions, the second in flight: opened, approved, denied, sealed, opened. */
export async function filledLedger() {
  const made = await emptyLedger();
  const { ledger } = made;
  const plan = { name: 'plan', json: { steps: ['fence-writers', 'promote-database'], note: 'ü' } };
  await ledger.append(draft('opened', 'fo-1', { statement: started('fo-1'), artefacts: [plan] }));
  await ledger.append(
    draft('denied', 'fo-1', { statement: approved('fo-9'), facts: { code: 'DR_APPROVAL_OTHER_EXECUTION' } }),
  );
  await ledger.append(draft('approved', 'fo-1', { statement: approved('fo-1'), facts: { gate: 'approve-promotion' } }));
  await ledger.append(draft('sealed', 'fo-1', { artefacts: [{ name: 'record', json: { rtoSeconds: 535 } }, plan] }));
  await ledger.append(draft('opened', 'fo-2', { statement: started('fo-2') }));
  return made;
}
