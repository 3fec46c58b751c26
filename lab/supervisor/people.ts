import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Person } from '../../domain/service.ts';
import type { Folders } from './folders.ts';

/** Who works in a lab: one who is on call, two who can approve. */
export const LAB_PEOPLE = [
  { id: 'oncall-1', roles: ['operator'] },
  { id: 'approver-2', roles: ['approver'] },
  { id: 'approver-3', roles: ['approver'] },
] as const;

/** Path of a person's private key. */
export const identityPath = (at: Folders, person: string): string => join(at.identities, `${person}.pem`);

/** Gives everybody a fresh key pair: private halves to files only their owner can read, public ones to the configuration. */
export function makePeople(at: Folders): readonly Person[] {
  return LAB_PEOPLE.map(({ id, roles }) => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    writeFileSync(identityPath(at, id), privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
    return { id, roles: [...roles], publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64') };
  });
}

/** The key pair that signs ledger entries; the public half is what an auditor gets. */
export function makeLedgerKey(at: Folders): void {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  writeFileSync(at.ledgerKey, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  writeFileSync(at.ledgerPublicKey, publicKey.export({ format: 'pem', type: 'spki' }));
}
