import { describe, expect, it } from 'vitest';
import { signStatement } from '../../identity/sign-statement.ts';
import { EngineRig, refusal } from './engine-rig.ts';
import { testRunbook } from './test-runbook.ts';
import { implementations, TestWorld } from './test-world.ts';

describe('a gate', () => {
  it('refuses the asker, another execution, another plan, a second vote, an expired one and a foreign key, and records all six', async () => {
    const world = new TestWorld();
    const rig = await EngineRig.start(testRunbook, implementations(world));
    const running = await rig.begin(rig.request('live', { parameters: { quorum: 2 } }));
    await running.until('the gate', (snapshot) => snapshot.state === 'waiting_for_people');
    expect(await refusal(running.approve('asker'))).toMatchObject({ code: 'DR_APPROVAL_OWN_REQUEST' });
    expect(await refusal(running.approve('second', { executionId: 'ex-other' }))).toMatchObject({
      code: 'DR_APPROVAL_OTHER_EXECUTION',
    });
    expect(await refusal(running.approve('second', { planDigest: 'sha256:other' }))).toMatchObject({
      code: 'DR_APPROVAL_OTHER_PLAN',
    });
    const expired = { expiresAt: new Date(Date.now() - 1_000).toISOString() };
    expect(await refusal(running.approve('second', expired))).toMatchObject({ code: 'DR_APPROVAL_EXPIRED' });
    expect(await refusal(running.approve('stranger'))).toMatchObject({ code: 'DR_IDENTITY_UNKNOWN' });
    await running.approve('second');
    expect(await refusal(running.approve('second'))).toMatchObject({ code: 'DR_APPROVAL_TWICE' });
    const before = await running.status();
    expect(before.gates[0]).toMatchObject({ state: 'open', approvals: [{ person: 'second' }] });
    expect(world.switches.get('fence')).toBeUndefined();
    const denied = (await rig.entries(running.request.executionId)).filter(({ type }) => type === 'denied');
    expect(denied.map(({ facts }) => facts['code'])).toEqual([
      'DR_APPROVAL_OWN_REQUEST',
      'DR_APPROVAL_OTHER_EXECUTION',
      'DR_APPROVAL_OTHER_PLAN',
      'DR_APPROVAL_EXPIRED',
      'DR_IDENTITY_UNKNOWN',
      'DR_APPROVAL_TWICE',
    ]);
    expect(before.refusals.map(({ ledgerEntry }) => ledgerEntry)).toEqual(denied.map(({ entry }) => entry));
    await running.approve('third');
    expect((await running.result()).outcome).toBe('succeeded');
  });

  it('refuses somebody without the role, changed facts, changed bounds and a forged signature', async () => {
    const rig = await EngineRig.start(testRunbook, implementations(new TestWorld()));
    const running = await rig.begin(rig.request('live'));
    expect(await refusal(running.approve('operator'))).toMatchObject({ code: 'DR_APPROVAL_ROLE_MISSING' });
    expect(await refusal(running.approve('second', { factsDigest: 'sha256:other' }))).toMatchObject({
      code: 'DR_APPROVAL_OTHER_FACTS',
    });
    expect(await refusal(running.approve('second', { bounds: ['reading: anything'] }))).toMatchObject({
      code: 'DR_APPROVAL_OTHER_FACTS',
    });
    const statement = await running.gateStatement('third');
    const forged = signStatement(statement, rig.keys.second.privateKey);
    expect(await refusal(running.update('approve', { target: 'go', signed: forged }))).toMatchObject({
      code: 'DR_SIGNATURE_INVALID',
    });
    expect((await running.status()).gates[0]!.approvals).toEqual([]);
  });

  it('wants an unknown fact accepted by name', async () => {
    const world = new TestWorld();
    world.reading = null;
    const rig = await EngineRig.start(testRunbook, implementations(world));
    const running = await rig.begin(rig.request('live'));
    expect(await refusal(running.approve('second'))).toMatchObject({
      code: 'DR_APPROVAL_UNKNOWN_NOT_ACCEPTED',
      field: 'reading',
    });
    await running.approve('second', { accepts: ['reading'] });
    expect((await running.result()).outcome).toBe('succeeded');
  });

  it('ends the execution and undoes what was prepared when somebody denies', async () => {
    const world = new TestWorld();
    const rig = await EngineRig.start(testRunbook, implementations(world));
    const running = await rig.begin(rig.request('live'));
    await running.until('prepared', (snapshot) => snapshot.steps.find(({ id }) => id === 'prepare')?.state === 'done');
    await running.approve('second', { type: 'deny', reason: 'not now' });
    const snapshot = await running.result();
    expect(snapshot).toMatchObject({ outcome: 'denied', gates: [{ state: 'denied' }] });
    expect(snapshot.steps.find(({ id }) => id === 'prepare')!.state).toBe('undone');
    expect(world.switches.get('prepared')).toBe(0);
  });

  it('names the gates there are when asked for one that is not', async () => {
    const rig = await EngineRig.start(testRunbook, implementations(new TestWorld()));
    const running = await rig.begin(rig.request('live'));
    const signed = signStatement(await running.gateStatement('second'), rig.keys.second.privateKey);
    expect(await refusal(running.update('approve', { target: 'no-such', signed }))).toMatchObject({
      code: 'DR_GATE_UNKNOWN',
      expected: ['go'],
    });
  });
});
