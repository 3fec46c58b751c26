import { copyFile, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../ledger/canonical-json.ts';
import { encodeEntry, prepareDraft } from '../../../ledger/ledger-entry.ts';
import { sha256 } from '../../../ledger/sha256.ts';
import { verifyLedger } from '../../../ledger/verify-ledger.ts';
import { seededRandom } from '../measure/seeded-random.ts';
import { approved, draft, emptyLedger, filledLedger, signingKey, started } from './a-ledger.ts';

const number = (sequence: number): string => String(sequence).padStart(12, '0');

async function tamperable() {
  const { folder, key, ledger } = await filledLedger();
  const path = (sequence: number): string => join(folder, 'ledger', `${number(sequence)}.json`);
  const verify = (options = {}) => verifyLedger(folder, key.publicKeyPem, options);
  const says = async (options = {}): Promise<readonly string[]> =>
    (await verify(options)).problems.map(({ entry, kind, says: words }) => `${entry} ${kind}: ${words}`);
  return { folder, key, ledger, path, verify, says };
}

describe('an untouched ledger', () => {
  it('verifies, and names what is in flight and the checkpoint to keep', async () => {
    const { verify, path } = await tamperable();
    expect(await verify()).toEqual({
      entries: 5,
      executions: 2,
      unsealed: ['fo-2'],
      last: { sequence: 5, digest: sha256(await readFile(path(5))) },
      problems: [],
    });
  });

  it('verifies against a checkpoint kept earlier', async () => {
    const { verify, ledger } = await tamperable();
    const since = (await verify()).last!;
    await ledger.append(draft('sealed', 'fo-2'));
    expect((await verify({ since })).problems).toEqual([]);
  });

  it('is not written to by being verified', async () => {
    const { folder, verify } = await tamperable();
    const before = (await readdir(folder, { recursive: true })).sort();
    await verify();
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(before);
  });
});

describe('a changed byte', () => {
  const random = seededRandom(20261121);
  it.each([1, 2, 3, 4, 5])('is found wherever it is in entry %i', async (sequence) => {
    const { path, verify } = await tamperable();
    const whole = await readFile(path(sequence));
    // Every 41st byte, the first and the last ones, each with another bit flipped.
    const places = [0, 1, whole.length - 2, whole.length - 1];
    for (let at = 2 + Math.floor(random() * 41); at < whole.length; at += 41) places.push(at);
    for (const at of places) {
      const changed = Buffer.from(whole);
      changed[at]! ^= 1 << Math.floor(random() * 8);
      await writeFile(path(sequence), changed);
      expect((await verify()).problems, `byte ${at} of entry ${sequence}`).not.toEqual([]);
    }
  });

  it('is found wherever it is in an artefact', async () => {
    const { folder, verify } = await tamperable();
    for (const name of await readdir(join(folder, 'artefacts'))) {
      const path = join(folder, 'artefacts', name);
      const whole = await readFile(path);
      for (let at = Math.floor(random() * 7); at < whole.length; at += 29) {
        const changed = Buffer.from(whole);
        changed[at]! ^= 1 << Math.floor(random() * 8);
        await writeFile(path, changed);
        const { problems } = await verify();
        expect(problems[0], `byte ${at} of ${name}`).toMatchObject({ kind: 'tampered' });
      }
      await writeFile(path, whole);
    }
  });

  it.each([
    ['a space in the JSON', (text: string) => text.replace('":', '": ')],
    ['a second newline', (text: string) => `${text}\n`],
    ['a missing newline', (text: string) => text.trimEnd()],
    ['an added field', (text: string) => text.replace('{', '{"a":1,')],
    ['a field twice', (text: string) => text.replace('{', '{"payloadType":"application/vnd.in-toto+json",')],
    ['another key id', (text: string) => text.replace(/(?<="keyid":")./, (digit) => (digit === '0' ? '1' : '0'))],
    ['an empty file', () => ''],
  ])('is found also when it means nothing: %s', async (_title, change) => {
    const { path, verify } = await tamperable();
    const text = await readFile(path(5), 'utf8');
    await writeFile(path(5), change(text));
    if (change(text) !== text)
      expect((await verify()).problems).toMatchObject([{ entry: number(5), kind: 'tampered' }]);
  });
});

describe('entries that were moved about', () => {
  it('one deleted in the middle is incomplete', async () => {
    const { path, says } = await tamperable();
    await rm(path(2));
    expect(await says()).toEqual(['000000000002 incomplete: is missing']);
  });

  it('several deleted at the beginning are incomplete, and what stood on them is named', async () => {
    const { path, says } = await tamperable();
    await rm(path(1));
    await rm(path(2));
    expect(await says()).toEqual([
      '000000000001 incomplete: to 000000000002 are missing',
      "000000000003 incomplete: is about 'fo-1', which no entry before it opened",
      "000000000004 incomplete: is about 'fo-1', which no entry before it opened",
    ]);
  });

  it('two that changed places are tampered', async () => {
    const { folder, path, says } = await tamperable();
    await rename(path(2), join(folder, 'aside'));
    await rename(path(3), path(2));
    await rename(join(folder, 'aside'), path(3));
    expect((await says()).slice(0, 2)).toEqual([
      '000000000002 tampered: says it is entry 000000000003',
      '000000000003 tampered: says it is entry 000000000002',
    ]);
  });

  it('one copied to the next number, or under another name, is tampered', async () => {
    const { folder, path, says } = await tamperable();
    await copyFile(path(2), path(6));
    await copyFile(path(2), join(folder, 'ledger', '000000000002.json.bak'));
    expect(await says()).toEqual([
      '000000000002.json.bak tampered: is no entry, yet lies among them',
      '000000000006 tampered: says it is entry 000000000002',
    ]);
  });

  it('deleted and closed up again by the holder of the key, they are found by nothing but a checkpoint', async () => {
    const { key, path, says } = await tamperable();
    const since = { sequence: 4, digest: sha256(await readFile(path(4))) };
    await rm(path(5));
    await rm(path(4));
    const previous = sha256(await readFile(path(3)));
    const rewritten = prepareDraft(draft('sealed', 'fo-1', { facts: { outcome: 'failed' } }));
    await writeFile(path(4), encodeEntry(rewritten, { sequence: 4, previous }, key));
    expect(await says({ since })).toContain('000000000004 tampered: is not the entry that the checkpoint noted');
  });

  it('a tail cut off is seen only with a checkpoint: the limit of a chain', async () => {
    const { path, verify, says } = await tamperable();
    const since = (await verify()).last!;
    await rm(path(5));
    expect(await says()).toEqual([]);
    expect(await says({ since })).toEqual([
      '000000000005 incomplete: is noted by the checkpoint, but the ledger ends before it',
    ]);
  });
});

describe('artefacts', () => {
  it('one that is gone is incomplete, for every entry that names it', async () => {
    const { folder, says } = await tamperable();
    const plan = sha256(canonicalJson({ steps: ['fence-writers', 'promote-database'], note: 'ü' }));
    await rm(join(folder, 'artefacts', plan));
    expect(await says()).toEqual([
      `000000000001 incomplete: names the artefact 'plan' (${plan.slice(0, 12)}…), which is not there`,
      `000000000004 incomplete: names the artefact 'plan' (${plan.slice(0, 12)}…), which is not there`,
    ]);
  });
});

describe('keys', () => {
  it('entries signed by another key than the one given are all foreign', async () => {
    const { folder } = await tamperable();
    const { problems } = await verifyLedger(folder, signingKey().publicKeyPem);
    expect(problems).toHaveLength(5);
    expect(problems[0]?.says).toMatch(/is signed by another key \([0-9a-f]{12}…\)/);
  });

  it('an entry re-signed by another key is found, also when it names the right one', async () => {
    const { key, path, says } = await tamperable();
    const previous = sha256(await readFile(path(4)));
    const forged = prepareDraft(draft('opened', 'fo-2', { facts: { mode: 'drill' } }));
    const posing = { privateKey: signingKey().privateKey, keyId: key.keyId };
    await writeFile(path(5), encodeEntry(forged, { sequence: 5, previous }, posing));
    expect(await says()).toContain('000000000005 tampered: carries a signature that does not fit its bytes');
  });

  it('a key that is none, and a folder without a ledger, are refused', async () => {
    const { folder } = await tamperable();
    await expect(verifyLedger(folder, 'no key')).rejects.toMatchObject({ shape: { code: 'DR_USAGE' } });
    await expect(verifyLedger(join(folder, 'nowhere'), signingKey().publicKeyPem)).rejects.toMatchObject({
      shape: { code: 'DR_LEDGER_MISSING' },
    });
  });
});

describe('what the holder of the ledger key alone cannot make up', () => {
  it('an approval that the approver never signed', async () => {
    const { key, ledger, folder } = await emptyLedger();
    await ledger.append(draft('opened', 'fo-1', { statement: started('fo-1') }));
    await ledger.append(draft('approved', 'fo-1', { statement: approved('fo-1', key) }));
    const { problems } = await verifyLedger(folder, key.publicKeyPem);
    expect(problems).toMatchObject([{ entry: number(2), kind: 'tampered' }]);
    expect(problems[0]?.says).toContain('belongs to nobody under people');
  });

  it('an approval taken from another execution', async () => {
    const { key, ledger, folder } = await emptyLedger();
    await ledger.append(draft('opened', 'fo-1', { statement: started('fo-1') }));
    await ledger.append(draft('approved', 'fo-1', { statement: approved('fo-0') }));
    expect((await verifyLedger(folder, key.publicKeyPem)).problems[0]?.says).toBe(
      "stands on a statement about 'fo-0', another execution",
    );
  });

  it('a start nobody signed, unless that is what it was refused for', async () => {
    const { key, ledger, folder } = await emptyLedger();
    await ledger.append(draft('opened', 'fo-1', { statement: started('fo-1', key) }));
    await ledger.append(draft('opened', 'fo-2', { statement: started('fo-2', key) }));
    await ledger.append(draft('sealed', 'fo-1'));
    await ledger.append(draft('sealed', 'fo-2', { facts: { outcome: 'refused' } }));
    const { problems } = await verifyLedger(folder, key.publicKeyPem);
    expect(problems.map(({ entry }) => entry)).toEqual([number(1)]);
  });

  it('a second opening or sealing of an execution, or the same words twice', async () => {
    const { key, path, says } = await tamperable();
    let previous = sha256(await readFile(path(5)));
    const more = [
      draft('sealed', 'fo-1', { facts: { outcome: 'failed' } }),
      draft('opened', 'fo-1', { facts: { mode: 'drill' } }),
      draft('approved', 'fo-1', { statement: approved('fo-1'), facts: { gate: 'approve-promotion' } }),
    ];
    for (const [index, again] of more.entries()) {
      const bytes = encodeEntry(prepareDraft(again), { sequence: 6 + index, previous }, key);
      await writeFile(path(6 + index), bytes);
      previous = sha256(bytes);
    }
    const found = (await says()).filter((problem) => !problem.includes('which is not there'));
    expect(found).toEqual([
      "000000000006 tampered: seals 'fo-1', which entry 000000000004 sealed",
      "000000000007 tampered: opens 'fo-1', which entry 000000000001 opened",
      '000000000008 tampered: repeats entry 000000000003',
    ]);
  });
});
