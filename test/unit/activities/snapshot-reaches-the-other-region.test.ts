import type { DBClusterSnapshot } from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import type { Clients } from '../../../activities/clients/clients.ts';
import { choose } from '../../../activities/snapshot/choose.ts';
import { type SeenCopy, seeCopies } from '../../../activities/snapshot/copies.ts';
import { copy } from '../../../activities/snapshot/copy.ts';
import { take } from '../../../activities/snapshot/take.ts';
import { copyOf, snapshotOf, TAG } from '../../../runbooks/actions/restore/naming.ts';
import { acted, callsOf, decide, expectDeclared, OBSERVED_AT, outputOf, refusalOf, waitOf } from './a-decision.ts';
import { executionId, firstId, kmsKey, requestedAt, seen, source, tags } from './a-snapshot-copy.ts';

const secondId = copyOf(executionId, 2);
const inputOf = (call: { input: unknown }) => call.input as Readonly<Record<string, unknown>>;
const tagsIn = (call: { input: unknown }) =>
  Object.fromEntries((inputOf(call)['Tags'] as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]));

describe('choosing a snapshot', () => {
  const input = { region: 'eu-west-1', cluster: 'booking-ew1', kind: 'snapshot' as const, validatedOnly: false };
  const snapshot = (hour: number, more: Partial<DBClusterSnapshot> = {}): DBClusterSnapshot => ({
    DBClusterSnapshotIdentifier: `s${hour}`,
    DBClusterSnapshotArn: `arn:s${hour}`,
    DBClusterIdentifier: 'booking-ew1',
    Status: 'available',
    StorageEncrypted: true,
    SnapshotCreateTime: new Date(Date.UTC(2026, 10, 21, hour)),
    ...more,
  });
  const chosen = (snapshots: readonly DBClusterSnapshot[], sizeBytes: number | null = null) =>
    decide(choose, input, { kind: 'snapshot', snapshots, sizeBytes });

  it('takes the newest available one, whoever took it', () => {
    expect(outputOf(chosen([snapshot(1), snapshot(3), snapshot(2)], 7))).toEqual({
      snapshot: 's3',
      snapshotArn: 'arn:s3',
      dataTime: '2026-11-21T03:00:00.000Z',
      encrypted: true,
      sizeBytes: 7,
      snapshotSeconds: null,
      passedOver: [],
    });
  });

  it.each<[string, Partial<DBClusterSnapshot>]>([
    ['still being made', { Status: 'creating' }],
    ['of another cluster', { DBClusterIdentifier: 'other' }],
    ['copied here from elsewhere', { SourceDBClusterSnapshotArn: source.snapshotArn }],
    ['one of Lifeboat’s copies', { TagList: tags() }],
  ])('passes over a newer one that is %s', (_, change) => {
    expect(outputOf(chosen([snapshot(1), snapshot(2, change)])).snapshot).toBe('s1');
  });

  it('takes the size from RDS where the database does not say, and calls nothing a size that is none', () => {
    expect(outputOf(chosen([snapshot(1, { AllocatedStorage: 2 })])).sizeBytes).toBe(2 * 1024 ** 3);
    expect(outputOf(chosen([snapshot(1, { AllocatedStorage: 0 })])).sizeBytes).toBeNull();
  });

  it('refuses when there is none, saying how many were looked at', () => {
    expect(refusalOf(chosen([snapshot(1, { Status: 'failed' })]))).toMatchObject({
      code: 'DR_SNAPSHOT_MISSING',
      actual: 1,
    });
  });

  it('takes of copies the one with the newest data, not the one made last', () => {
    const copies = [seen(5, { id: 'sc-5-copy-1' }), seen(2), seen(9, { validatedAt: OBSERVED_AT })];
    const among = (validatedOnly: boolean) =>
      decide(choose, { ...input, kind: 'copy', validatedOnly }, { kind: 'copy', copies });
    expect(outputOf(among(false)).snapshot).toBe('sc-2-copy-1');
    expect(outputOf(among(true)).snapshot).toBe('sc-9-copy-1');
  });

  it.each<[string, Partial<SeenCopy>]>([
    ['not ours', { execution: null }],
    ['not available', { status: 'copying' }],
    ['without a data time', { dataTime: null }],
    ['in doubt', { inDoubt: true }],
  ])('counts no copy that is %s', (_, change) => {
    const decision = decide(choose, { ...input, kind: 'copy' }, { kind: 'copy', copies: [seen(1, change)] });
    expect(refusalOf(decision).code).toBe('DR_SNAPSHOT_MISSING');
  });

  it('passes over a newer copy that is in doubt, and says which', () => {
    const copies = [seen(1, { inDoubt: true }), seen(2), seen(3, { inDoubt: true })];
    const taken = outputOf(decide(choose, { ...input, kind: 'copy' }, { kind: 'copy', copies }));
    expect(taken).toMatchObject({ snapshot: 'sc-2-copy-1', passedOver: ['sc-1-copy-1'] });
  });

  it('says how to take a copy in doubt where there is nothing better', () => {
    const copies = [seen(1, { inDoubt: true })];
    const { remedy } = refusalOf(decide(choose, { ...input, kind: 'copy' }, { kind: 'copy', copies }));
    expect(remedy).toMatch(/sc-1-copy-1.*lifeboat:validation-begun-at/);
  });

  it.each([
    ['it was never looked into', {}, false],
    ['somebody began to look into it, and nothing was heard since', { begun: '02' }, true],
    ['it was found whole after that', { begun: '02', whole: '03' }, false],
    ['it was found whole before, and looked into again', { begun: '03', whole: '02' }, true],
  ])(
    'knows a copy’s state from its tags: %s',
    async (_, { begun, whole }: { begun?: string; whole?: string }, doubt) => {
      const at = (hour: string) => `2026-11-21T${hour}:00:00.000Z`;
      const more = {
        ...(begun && { [TAG.validationBegunAt]: at(begun) }),
        ...(whole && { [TAG.validatedAt]: at(whole) }),
      };
      const clients = {
        rds: () => ({ send: async () => ({ DBClusterSnapshots: [{ TagList: tags(more) }] }) }),
      } as unknown as Clients;
      const [copy] = await seeCopies(clients, { region: 'eu-west-3', service: 'booking' });
      expect(copy?.inDoubt).toBe(doubt);
    },
  );
});

describe('taking a snapshot', () => {
  const input = { region: 'eu-west-1', cluster: 'booking-ew1', executionId };
  const name = snapshotOf(executionId);
  const snapshot: DBClusterSnapshot = {
    DBClusterSnapshotIdentifier: name,
    DBClusterSnapshotArn: `arn:${name}`,
    DBClusterIdentifier: 'booking-ew1',
    Status: 'available',
    SnapshotCreateTime: new Date('2026-11-21T03:11:30.000Z'),
    StorageEncrypted: true,
    TagList: tags({ [TAG.kind]: 'snapshot' }),
  };
  const see = (found: DBClusterSnapshot | null) => ({ snapshot: found, sizeBytes: 9 });

  it('asks for one under the execution’s name and tags', () => {
    const calls = callsOf(decide(take, input, see(null)));
    expect(inputOf(calls[0]!)).toMatchObject({ DBClusterSnapshotIdentifier: name, DBClusterIdentifier: 'booking-ew1' });
    expect(tagsIn(calls[0]!)).toMatchObject({ [TAG.execution]: executionId, [TAG.kind]: 'snapshot' });
    expectDeclared(take, calls);
  });

  it('is done when it is available, and says how long that took since it was asked for', () => {
    expect(outputOf(decide(take, input, see(snapshot)))).toMatchObject({
      snapshot: name,
      dataTime: '2026-11-21T03:11:30.000Z',
      snapshotSeconds: 60,
      sizeBytes: 9,
    });
  });

  it('waits for it, refuses a failed one and a name that is taken', () => {
    expect(waitOf(decide(take, input, see({ ...snapshot, Status: 'creating', PercentProgress: 40 })))).toContain(
      '40 %',
    );
    expect(waitOf(decide(take, input, see(null), acted([])))).toContain('not to be seen yet');
    expect(refusalOf(decide(take, input, see({ ...snapshot, Status: 'failed' }))).code).toBe('DR_SNAPSHOT_FAILED');
    expect(refusalOf(decide(take, input, see({ ...snapshot, TagList: [] }))).code).toBe('DR_NAME_TAKEN');
    expect(refusalOf(decide(take, input, see({ ...snapshot, DBClusterIdentifier: 'other' }))).code).toBe(
      'DR_NAME_TAKEN',
    );
  });
});

describe('copying to the other region', () => {
  const input = { region: 'eu-west-3', source, kmsKey, executionId };
  const made = (more: Partial<DBClusterSnapshot> = {}): DBClusterSnapshot => ({
    DBClusterSnapshotArn: 'arn:copy',
    Status: 'available',
    PercentProgress: 100,
    TagList: tags(),
    ...more,
  });
  const see = (
    tries: { first?: DBClusterSnapshot; second?: DBClusterSnapshot; events?: [string?, string?] } = {},
    more: { key?: { state: string } | null; copies?: SeenCopy[] } = {},
  ) => ({
    tries: [
      { copy: tries.first ?? null, event: tries.events?.[0] ?? null },
      { copy: tries.second ?? null, event: tries.events?.[1] ?? null },
    ] as const,
    key: more.key === undefined ? { state: 'Enabled' } : more.key,
    copies: more.copies ?? [],
  });

  it('asks the destination, by ARN, with the destination’s key, and writes down when the data was current', () => {
    const calls = callsOf(decide(copy, input, see({}, { copies: [seen(1, { ordinal: 8 }), seen(2, { ordinal: 5 })] })));
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({ operation: 'CopyDBClusterSnapshot', region: 'eu-west-3' });
    expect(inputOf(calls[0]!)).toMatchObject({
      SourceDBClusterSnapshotIdentifier: source.snapshotArn,
      TargetDBClusterSnapshotIdentifier: firstId,
      KmsKeyId: kmsKey,
    });
    expect(tagsIn(calls[0]!)).toEqual({
      [TAG.execution]: executionId,
      [TAG.service]: 'booking',
      [TAG.kind]: 'copy',
      [TAG.requestedAt]: OBSERVED_AT,
      [TAG.dataTime]: source.dataTime,
      [TAG.sizeBytes]: '42000000',
      [TAG.ordinal]: '9',
    });
    expectDeclared(copy, calls);
  });

  it('names no key for a source that is not encrypted: Aurora refuses that', () => {
    const plain = { ...source, encrypted: false, sizeBytes: null };
    const [call] = callsOf(decide(copy, { ...input, source: plain }, see({}, { key: null })));
    expect(inputOf(call!)).not.toHaveProperty('KmsKeyId');
    expect(tagsIn(call!)).not.toHaveProperty(TAG.sizeBytes);
  });

  it.each<[string, string, { state: string } | null, string]>([
    ['disabled', kmsKey, { state: 'Disabled' }, 'is Disabled'],
    ['about to be deleted', kmsKey, { state: 'PendingDeletion' }, 'is PendingDeletion'],
    ['unknown', kmsKey, null, 'does not exist'],
    ['of another region', kmsKey.replace('eu-west-3', 'eu-west-1'), { state: 'Enabled' }, 'belongs to eu-west-1'],
  ])('refuses a key that is %s, before anything is asked for', (_, key, state, says) => {
    const error = refusalOf(decide(copy, { ...input, kmsKey: key }, see({}, { key: state })));
    expect(error.code).toBe('DR_KEY_UNUSABLE');
    expect(error.message).toContain(says);
  });

  it('refuses to copy what is encrypted without a key', () => {
    const { kmsKey: _, ...keyless } = input;
    expect(refusalOf(decide(copy, keyless, see())).message).toContain('no key is declared');
  });

  it('is done when the copy is available, counted from the call', () => {
    expect(outputOf(decide(copy, input, see({ first: made() })))).toEqual({
      snapshot: firstId,
      snapshotArn: 'arn:copy',
      attempts: 1,
      copyRequestedAt: requestedAt,
      copiedAt: OBSERVED_AT,
      copySeconds: 60,
      firstFailure: null,
    });
  });

  it('tells a queue from a hang: a flat 0 % is waiting its turn', () => {
    const waiting = { Status: 'copying', PercentProgress: 0 };
    expect(waitOf(decide(copy, input, see({ first: made(waiting) })))).toContain(
      'still 0 % after 60 s: queued, a region takes 5 copies at a time',
    );
    const fresh = made({ ...waiting, TagList: tags({ [TAG.requestedAt]: OBSERVED_AT }) });
    expect(waitOf(decide(copy, input, see({ first: fresh })))).toContain('just begun, or queued');
    expect(waitOf(decide(copy, input, see({ first: made({ Status: 'copying', PercentProgress: 37 }) })))).toContain(
      '37 %',
    );
  });

  it('asks no second time while the first copy is not to be seen', () => {
    const calls = callsOf(decide(copy, input, see()));
    expect(waitOf(decide(copy, input, see(), acted(calls)))).toContain(`${firstId} was asked for`);
  });

  it('tries a failed copy once more under a new name, with what RDS says was wrong', () => {
    const failed = see({ first: made({ Status: 'failed' }), events: ['The copy ran out of (imaginary) paper!'] });
    const decision = decide(copy, input, failed);
    const [call] = callsOf(decision);
    expect(inputOf(call!)['TargetDBClusterSnapshotIdentifier']).toBe(secondId);
    // A tag takes no brackets and no exclamation marks.
    expect(tagsIn(call!)[TAG.firstFailure]).toBe('The copy ran out of imaginary paper');
    expect(decision.kind === 'call' && decision.why).toContain('(imaginary)');
    expect(waitOf(decide(copy, input, failed, acted([call!])))).toContain(`${secondId} was asked for`);
  });

  it('gives the second try the number that the first had: it is one copy', () => {
    const own = seen(0, { execution: executionId, status: 'failed', ordinal: 9 });
    const [call] = callsOf(
      decide(copy, input, see({ first: made({ Status: 'failed' }) }, { copies: [own, seen(1, { ordinal: 8 })] })),
    );
    expect(tagsIn(call!)[TAG.ordinal]).toBe('9');
  });

  it('checks the key again before the second try', () => {
    expect(
      refusalOf(decide(copy, input, see({ first: made({ Status: 'failed' }) }, { key: { state: 'Disabled' } }))).code,
    ).toBe('DR_KEY_UNUSABLE');
  });

  it('removes the failed first copy once the second is there, and only then is done', () => {
    const both = see({ first: made({ Status: 'failed' }), second: made(), events: ['no space'] });
    const calls = callsOf(decide(copy, input, both));
    expect(calls).toEqual([
      expect.objectContaining({
        operation: 'DeleteDBClusterSnapshot',
        input: { DBClusterSnapshotIdentifier: firstId },
      }),
    ]);
    expectDeclared(copy, calls);
    expect(waitOf(decide(copy, input, both, acted(calls)))).toContain('is being deleted');
    const alone = see({ second: made({ TagList: tags({ [TAG.firstFailure]: 'no space' }) }) });
    expect(outputOf(decide(copy, input, alone))).toMatchObject({
      snapshot: secondId,
      attempts: 2,
      firstFailure: 'no space',
    });
  });

  it('deletes nothing while the second copy is under way', () => {
    const under = see({ first: made({ Status: 'failed' }), second: made({ Status: 'copying', PercentProgress: 3 }) });
    expect(waitOf(decide(copy, input, under))).toContain(`${secondId} is copying, 3 %`);
  });

  it('gives up after the second failure, saying why both failed', () => {
    const twice = see({ first: made({ Status: 'failed' }), second: made({ Status: 'failed' }), events: ['no space'] });
    const error = refusalOf(decide(copy, input, twice));
    expect(error).toMatchObject({ code: 'DR_COPY_FAILED', actual: ['no space', "status 'failed'"] });
  });

  it.each([1, 2])('leaves a snapshot alone that has the name of try %i and is not its own', (which) => {
    const stranger = made({ TagList: tags({ [TAG.execution]: 'sc-other' }) });
    const tries = which === 1 ? { first: stranger } : { first: made({ Status: 'failed' }), second: stranger };
    expect(refusalOf(decide(copy, input, see(tries))).code).toBe('DR_NAME_TAKEN');
  });
});
