import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FolderLedgerStore } from '../../../ledger/folder-ledger-store.ts';
import { Ledger } from '../../../ledger/ledger.ts';
import { LedgerReader } from '../../../ledger/ledger-reader.ts';
import type { LedgerStore } from '../../../ledger/ledger-store.ts';
import { sha256 } from '../../../ledger/sha256.ts';
import { verifyLedger } from '../../../ledger/verify-ledger.ts';
import { draft, emptyLedger, filledLedger } from './a-ledger.ts';

describe('appending', () => {
  it('numbers entries from 1 and chains each to the bytes of the one before', async () => {
    const { folder, ledger } = await emptyLedger();
    const first = await ledger.append(draft('opened', 'fo-1'));
    const second = await ledger.append(draft('sealed', 'fo-1'));
    expect([first.entry, second.entry]).toEqual(['000000000001', '000000000002']);
    const entries = [];
    for await (const entry of ledger.read()) entries.push(entry);
    expect(entries.map(({ previous }) => previous)).toEqual([null, first.digest]);
    expect(sha256(await readFile(join(folder, 'ledger', '000000000001.json')))).toBe(first.digest);
    expect(await readdir(join(folder, 'pending'))).toEqual([]);
  });

  it('recognises the same draft again, in this process and in the next', async () => {
    const { ledger, reopen, folder } = await emptyLedger();
    const opened = draft('opened', 'fo-1');
    const first = await ledger.append(opened);
    await ledger.append(draft('approved', 'fo-1'));
    expect(await ledger.append(structuredClone(opened))).toEqual(first);
    expect(await reopen().append(opened)).toEqual(first);
    expect(await readdir(join(folder, 'ledger'))).toHaveLength(2);
  });

  it('takes a retried seal for the same although the journal beside it has grown', async () => {
    const { ledger } = await emptyLedger();
    await ledger.append(draft('opened', 'fo-1'));
    const journal = (records: number[]) => [{ name: 'journal', json: records }];
    const first = await ledger.append(draft('sealed', 'fo-1', { artefacts: journal([1]) }));
    expect(await ledger.append(draft('sealed', 'fo-1', { artefacts: journal([1, 2]) }))).toEqual(first);
  });

  it('keeps two refusals of the same kind apart', async () => {
    const { ledger } = await emptyLedger();
    await ledger.append(draft('opened', 'fo-1'));
    const one = await ledger.append(draft('denied', 'fo-1', { at: '2026-11-21T03:16:21.000Z' }));
    const two = await ledger.append(draft('denied', 'fo-1', { at: '2026-11-21T03:16:22.000Z' }));
    expect(two.entry).not.toBe(one.entry);
  });

  it('refuses to open or seal an execution again in other words', async () => {
    const { ledger } = await filledLedger();
    for (const type of ['opened', 'sealed'] as const) {
      await expect(ledger.append(draft(type, 'fo-1', { facts: { outcome: 'aborted' } }))).rejects.toMatchObject({
        shape: { code: 'DR_LEDGER_CONFLICT', retryable: false },
      });
    }
    await expect(ledger.append(draft('addendum', 'fo-1'))).resolves.toMatchObject({ entry: '000000000006' });
  });

  it('goes on from what another writer appended meanwhile', async () => {
    const { ledger, reopen, folder, key } = await emptyLedger();
    const other = reopen();
    await ledger.append(draft('opened', 'fo-1'));
    await other.append(draft('opened', 'fo-2'));
    await other.append(draft('opened', 'fo-3'));
    expect((await ledger.append(draft('sealed', 'fo-1'))).entry).toBe('000000000004');
    expect((await verifyLedger(folder, key.publicKeyPem)).problems).toEqual([]);
  });

  it('appends once when the store kept the entry but its answer was lost', async () => {
    const { folder, key } = await emptyLedger();
    const inner = new FolderLedgerStore(folder);
    let lose = true;
    const forgetful: LedgerStore = {
      location: folder,
      list: () => inner.list(),
      read: (sequence) => inner.read(sequence),
      keepArtefact: (digest, bytes) => inner.keepArtefact(digest, bytes),
      readArtefact: (digest) => inner.readArtefact(digest),
      create: async (sequence, bytes) => {
        const created = await inner.create(sequence, bytes);
        if (!lose) return created;
        lose = false;
        throw new Error('connection reset');
      },
    };
    const ledger = new Ledger(forgetful, key);
    await expect(ledger.append(draft('opened', 'fo-1'))).rejects.toThrow('connection reset');
    expect((await ledger.append(draft('opened', 'fo-1'))).entry).toBe('000000000001');
    expect(await inner.list()).toEqual([1]);
  });

  it('lists the folder once, however much is appended', async () => {
    const { folder, key } = await emptyLedger();
    const inner = new FolderLedgerStore(folder);
    let listings = 0;
    const counting: LedgerStore = Object.assign(Object.create(inner), {
      list: () => {
        listings += 1;
        return inner.list();
      },
      read: (sequence: number) => inner.read(sequence),
      create: (sequence: number, bytes: Uint8Array) => inner.create(sequence, bytes),
      keepArtefact: (digest: string, bytes: Uint8Array) => inner.keepArtefact(digest, bytes),
    });
    const ledger = new Ledger(counting, key);
    for (let number = 0; number < 10; number++) await ledger.append(draft('opened', `fo-${number}`));
    expect(listings).toBe(1);
  });

  it('says what cannot be written, and works again once it can', async () => {
    const { folder, ledger } = await emptyLedger();
    const blocked = join(folder, 'ledger');
    await writeFile(blocked, 'a file where the folder should be');
    await expect(ledger.append(draft('opened', 'fo-1'))).rejects.toMatchObject({
      shape: { code: 'DR_LEDGER_UNWRITABLE', retryable: true, field: 'control.evidence' },
    });
    await rm(blocked);
    await expect(ledger.append(draft('opened', 'fo-1'))).resolves.toMatchObject({ entry: '000000000001' });
  });

  it('does not begin a second ledger where the first one was mounted', async () => {
    const { folder, ledger } = await emptyLedger();
    await ledger.append(draft('opened', 'fo-1'));
    await rename(join(folder, 'ledger'), join(folder, 'unmounted'));
    await expect(ledger.append(draft('sealed', 'fo-1'))).rejects.toMatchObject({
      shape: { code: 'DR_LEDGER_UNWRITABLE' },
    });
    await rename(join(folder, 'unmounted'), join(folder, 'ledger'));
    await expect(ledger.append(draft('sealed', 'fo-1'))).resolves.toMatchObject({ entry: '000000000002' });
  });

  it('goes on although an earlier entry was tampered with, and verifying tells', async () => {
    const { folder, key, reopen } = await filledLedger();
    await writeFile(join(folder, 'ledger', '000000000005.json'), '{}');
    expect((await reopen().append(draft('addendum', 'fo-1'))).entry).toBe('000000000006');
    const { problems } = await verifyLedger(folder, key.publicKeyPem);
    expect(problems.map(({ entry, kind }) => `${entry} ${kind}`)).toEqual(['000000000005 tampered']);
  });
});

describe('reading', () => {
  it('finds an execution with all its entries, and nothing of one it never heard of', async () => {
    const { folder } = await filledLedger();
    const reader = new LedgerReader(new FolderLedgerStore(folder));
    const found = await reader.findExecution('fo-1');
    expect(found?.entries.map(({ type }) => type)).toEqual(['opened', 'denied', 'approved', 'sealed']);
    expect(found?.opened?.facts).toMatchObject({ mode: 'live' });
    expect(found?.sealed?.entry).toBe('000000000004');
    const record = found!.sealed!.artefacts.find(({ name }) => name === 'record')!;
    expect(await reader.artefact(record.sha256)).toEqual({ rtoSeconds: 535 });
    expect(await reader.findExecution('fo-9')).toBeNull();
  });

  it('names what was opened and never sealed, by service', async () => {
    const { folder } = await filledLedger();
    const reader = new LedgerReader(new FolderLedgerStore(folder));
    expect((await reader.unsealed()).map(({ executionId }) => executionId)).toEqual(['fo-2']);
    expect(await reader.unsealed('search')).toEqual([]);
  });

  it('starts from the number asked for', async () => {
    const { ledger } = await filledLedger();
    const numbers = [];
    for await (const { sequence } of ledger.read(4)) numbers.push(sequence);
    expect(numbers).toEqual([4, 5]);
  });

  it('finds an empty ledger in a folder without one', async () => {
    const { ledger } = await emptyLedger();
    expect(await ledger.unsealed()).toEqual([]);
  });
});
