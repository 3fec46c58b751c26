import { createPublicKey, type KeyObject } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LifeboatError } from '../domain/errors.ts';
import { ledgerNumber } from '../domain/ids.ts';
import { signatureFits } from '../identity/dsse.ts';
import { keyIdOf } from '../identity/public-key.ts';
import { ENTRY_FILE, FolderLedgerStore } from './folder-ledger-store.ts';
import { decodeEntry, type LedgerEntry } from './ledger-entry.ts';
import type { LedgerProblem } from './ledger-problem.ts';
import { sha256 } from './sha256.ts';
import { ExecutionChecks } from './verify-executions.ts';

/** What a checkpoint notes: keep it outside the ledger, and a later verification proves that nothing before it changed. */
export interface Checkpoint {
  readonly sequence: number;
  /** SHA-256 of that entry's file, hex. */
  readonly digest: string;
}

export interface LedgerVerdict {
  readonly entries: number;
  readonly executions: number;
  /** Executions opened and not sealed: in flight, or interrupted. No problem by itself. */
  readonly unsealed: readonly string[];
  /** The newest entry, to be kept as the next `since`; `null` for an empty ledger. */
  readonly last: Checkpoint | null;
  /** Empty when everything verifies. */
  readonly problems: readonly LedgerProblem[];
}

/** Entries and artefacts read at a time. */
const READ_AHEAD = 64;

/**
 * Verifies a ledger offline, with nothing but its folder and the public key (SPKI PEM). Writes nothing.
 * @throws LifeboatError DR_LEDGER_MISSING when there is no ledger, DR_USAGE when the key is none.
 */
export async function verifyLedger(
  folder: string,
  publicKeyPem: string,
  options: { readonly since?: Checkpoint } = {},
): Promise<LedgerVerdict> {
  const publicKey = parsePublicKey(publicKeyPem);
  const keyId = keyIdOf(publicKey);
  const names = await entryFiles(folder);
  const store = new FolderLedgerStore(folder);
  const executions = new ExecutionChecks();
  const problems: LedgerProblem[] = names
    .filter((name) => !ENTRY_FILE.test(name))
    .map((name) => ({ entry: name, kind: 'tampered', says: 'is no entry, yet lies among them' }));
  const sequences = await store.list();
  let before: Checkpoint | null = null;

  for (let from = 0; from < sequences.length; from += READ_AHEAD) {
    const batch = sequences.slice(from, from + READ_AHEAD);
    const checked = await Promise.all(batch.map((sequence) => checkAlone(store, sequence, publicKey, keyId)));
    for (const { sequence, digest, entry, problems: own } of checked) {
      problems.push(...gap(before, sequence), ...own);
      if (entry) problems.push(...link(before, entry), ...executions.add(entry));
      if (options.since?.sequence === sequence) problems.push(...checkpoint(options.since, digest));
      before = { sequence, digest };
    }
  }
  problems.push(...executions.finish());
  if (options.since && options.since.sequence > (before?.sequence ?? 0)) {
    const entry = ledgerNumber(options.since.sequence);
    problems.push({ entry, kind: 'incomplete', says: `is noted by the checkpoint, but the ledger ends before it` });
  }
  return {
    entries: sequences.length,
    executions: executions.count,
    unsealed: executions.unsealed(),
    last: before,
    problems,
  };
}

function parsePublicKey(pem: string): KeyObject {
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Told below, without what the file holds.
  }
  throw new LifeboatError('DR_USAGE', 'the public key is not an Ed25519 key in SPKI PEM', { field: 'key' });
}

async function entryFiles(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(join(folder, 'ledger'))).sort();
  } catch (caught) {
    const reason = (caught as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new LifeboatError('DR_LEDGER_MISSING', `there is no ledger in '${folder}' (${reason})`, {
      field: 'folder',
      actual: folder,
      expected: "a folder with 'ledger' and 'artefacts' in it",
    });
  }
}

interface CheckedAlone {
  readonly sequence: number;
  readonly digest: string;
  /** `null` when it cannot be read. */
  readonly entry: LedgerEntry | null;
  readonly problems: readonly LedgerProblem[];
}

/** What can be said of an entry without its neighbours: form, signature, artefacts. */
async function checkAlone(
  store: FolderLedgerStore,
  sequence: number,
  publicKey: KeyObject,
  keyId: string,
): Promise<CheckedAlone> {
  const bytes = (await store.read(sequence)) ?? Buffer.alloc(0);
  const number = ledgerNumber(sequence);
  const digest = sha256(bytes);
  const tampered = (says: string): LedgerProblem => ({ entry: number, kind: 'tampered', says });
  try {
    const { entry, envelope } = decodeEntry(bytes, sequence);
    const signedBy = envelope.signatures[0]?.keyid;
    const problems: LedgerProblem[] = [];
    if (signedBy !== keyId || entry.keyId !== keyId) {
      problems.push(tampered(`is signed by another key (${(signedBy ?? '').slice(0, 12)}…) than the one given`));
    } else if (!signatureFits(envelope, publicKey)) {
      problems.push(tampered('carries a signature that does not fit its bytes'));
    }
    const artefacts = await Promise.all(entry.artefacts.map((artefact) => checkArtefact(store, number, artefact)));
    return { sequence, digest, entry, problems: [...problems, ...artefacts.flat()] };
  } catch (caught) {
    if (!(caught instanceof LifeboatError) || caught.shape.code !== 'DR_LEDGER_CORRUPT') throw caught;
    return { sequence, digest, entry: null, problems: [tampered(caught.message.replace(`entry ${number} `, ''))] };
  }
}

async function checkArtefact(
  store: FolderLedgerStore,
  entry: string,
  artefact: LedgerEntry['artefacts'][number],
): Promise<readonly LedgerProblem[]> {
  const bytes = await store.readArtefact(artefact.sha256);
  const named = `artefact '${artefact.name}' (${artefact.sha256.slice(0, 12)}…)`;
  if (!bytes) return [{ entry, kind: 'incomplete', says: `names the ${named}, which is not there` }];
  return sha256(bytes) === artefact.sha256
    ? []
    : [{ entry, kind: 'tampered', says: `names the ${named}, whose content is another` }];
}

function gap(before: Checkpoint | null, sequence: number): readonly LedgerProblem[] {
  const expected = (before?.sequence ?? 0) + 1;
  if (sequence === expected) return [];
  const last = sequence - 1;
  const says = last === expected ? 'is missing' : `to ${ledgerNumber(last)} are missing`;
  return [{ entry: ledgerNumber(expected), kind: 'incomplete', says }];
}

/** Across a gap there is nothing to compare with; the gap itself is reported. */
function link(before: Checkpoint | null, entry: LedgerEntry): readonly LedgerProblem[] {
  if (entry.sequence !== (before?.sequence ?? 0) + 1 || entry.previous === (before?.digest ?? null)) return [];
  return [{ entry: entry.entry, kind: 'tampered', says: 'does not follow the entry before it: its digest is another' }];
}

function checkpoint(since: Checkpoint, digest: string): readonly LedgerProblem[] {
  if (since.digest === digest) return [];
  return [
    { entry: ledgerNumber(since.sequence), kind: 'tampered', says: 'is not the entry that the checkpoint noted' },
  ];
}
