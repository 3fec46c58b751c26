import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type EnginePorts, engineActivities } from '../../../activities/engine/engine-activities.ts';
import { LifeboatError } from '../../../domain/errors.ts';
import type { EvidenceDraft, JournalRecord } from '../../../domain/evidence.ts';
import type { ExecutionRequest } from '../../../domain/execution.ts';
import type { StartStatement } from '../../../domain/statement.ts';
import { publicKeyLine } from '../../../identity/public-key.ts';
import { signStatement } from '../../../identity/sign-statement.ts';
import { verifyStatement } from '../../../identity/verify-statement.ts';
import { request as base, plan } from '../workflows/a-gate.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const people = plan.people.map((person) =>
  person.id === 'approver-2' ? { ...person, publicKey: publicKeyLine(publicKey) } : person,
);
const ourPlan = { ...plan, people };

function ports(more: Partial<EnginePorts> = {}) {
  const appended: EvidenceDraft[] = [];
  const kept: EnginePorts = {
    environment: 'test',
    compile: () => ourPlan,
    verify: verifyStatement,
    digest: () => 'sha256:x',
    schedules: () => [],
    appendEvidence: async (draft) => {
      appended.push(draft);
      return { entry: '000000000001' };
    },
    readJournal: async () => [],
    sealInterrupted: async () => undefined,
    ...more,
  };
  return { activities: engineActivities(kept), appended };
}

/** What approver-2 signs, and asks for unless a test asks for something else. */
function signedRequest(asked: Partial<ExecutionRequest> = {}, signed: Partial<StartStatement> = {}): ExecutionRequest {
  const { executionId, runbook, service, parameters, mode, purpose, reason, planDigest } = base;
  const statement: StartStatement = {
    ...{
      type: 'start' as const,
      person: 'approver-2',
      executionId,
      runbook,
      service,
      parameters,
      mode,
      purpose,
      reason,
      planDigest,
    },
    issuedAt: base.requestedAt,
    ...signed,
  };
  return { ...base, signed: signStatement(statement, privateKey), ...asked };
}
const admit = (request: ExecutionRequest, more: Partial<EnginePorts> = {}) =>
  ports(more).activities['engine.admit'](request);

describe('admission', () => {
  it('admits what is signed by whoever asks, with the plan it compiled', async () => {
    expect(await admit(signedRequest())).toEqual({ admitted: true, plan: ourPlan, environment: 'test' });
  });

  it.each(['executionId', 'runbook', 'service', 'purpose', 'reason'] as const)(
    'refuses another %s than was signed',
    async (field) => {
      expect(await admit(signedRequest({ [field]: 'other' }))).toMatchObject({
        admitted: false,
        error: { code: 'DR_SIGNATURE_INVALID', field },
      });
    },
  );

  it('refuses other parameters and another person than signed', async () => {
    expect(await admit(signedRequest({ parameters: { to: 'eu-west-3', quorum: 1 } }))).toMatchObject({
      error: { field: 'parameters' },
    });
    expect(await admit(signedRequest({ requestedBy: 'oncall-1' }))).toMatchObject({ error: { field: 'requestedBy' } });
  });

  it('refuses a live request without a signature, but not a dry run, which changes nothing', async () => {
    expect(await admit(signedRequest({ signed: null }))).toMatchObject({ error: { code: 'DR_SIGNATURE_INVALID' } });
    expect(await admit(signedRequest({ signed: null, mode: 'dry_run' }))).toMatchObject({ admitted: true });
  });

  it('refuses a plan other than the one that was shown, naming both', async () => {
    expect(await admit(signedRequest({ planDigest: 'sha256:old' }))).toMatchObject({
      error: { code: 'DR_PLAN_CHANGED', expected: 'sha256:old', actual: plan.digest },
    });
  });

  it('refuses a drill of a plan with a step that must never run in one', async () => {
    expect(await admit(signedRequest({ mode: 'drill' }))).toMatchObject({
      error: { code: 'DR_MODE_FORBIDDEN' },
      plan: ourPlan,
    });
  });

  it('makes a refusal of a plan that does not compile, and of a defect in compiling', async () => {
    const compile = () => {
      throw new LifeboatError('DR_REGION_UNKNOWN', 'no such region');
    };
    expect(await admit(signedRequest(), { compile })).toMatchObject({
      admitted: false,
      plan: null,
      error: { code: 'DR_REGION_UNKNOWN' },
    });
    const defect = () => {
      throw new TypeError('undefined is no function');
    };
    expect(await admit(signedRequest(), { compile: defect })).toMatchObject({ error: { code: 'DR_INTERNAL' } });
  });

  it('does not wait for housekeeping: a failover starts although the evidence store is down', async () => {
    const sealInterrupted = () => Promise.reject(new LifeboatError('DR_LEDGER_UNWRITABLE', 'the store is away'));
    expect(await admit(signedRequest(), { sealInterrupted })).toMatchObject({ admitted: true });
  });
});

describe('verification', () => {
  it('names who signed, or who claims to have, for the record of the refusal', async () => {
    const { activities } = ports();
    const signed = signedRequest().signed!;
    expect(await activities['engine.verifyStatement']({ signed, people })).toMatchObject({
      verified: true,
      person: 'approver-2',
    });
    const stranger = generateKeyPairSync('ed25519').privateKey;
    const forged = signStatement(
      { ...JSON.parse(Buffer.from(signed.payload, 'base64').toString()), person: 'approver-3' },
      stranger,
    );
    expect(await activities['engine.verifyStatement']({ signed: forged, people })).toMatchObject({
      verified: false,
      claimedPerson: 'approver-3',
    });
    const noise = { ...signed, payload: 'bm9pc2U=' };
    expect(await activities['engine.verifyStatement']({ signed: noise, people })).toMatchObject({
      verified: false,
      claimedPerson: 'unknown',
    });
  });
});

describe('the seal', () => {
  it('takes the execution’s journal along as an artefact, and other entries do not', async () => {
    const record = {
      executionId: 'fo-1',
      stepId: 's',
      attempt: 1,
      kind: 'intent',
      at: 'now',
      body: null,
    } satisfies JournalRecord;
    const { activities, appended } = ports({ readJournal: async () => [record] });
    const draft: EvidenceDraft = {
      type: 'sealed',
      executionId: 'fo-1',
      service: 'booking',
      at: base.requestedAt,
      facts: {},
      statement: null,
      artefacts: [{ name: 'record', json: {} }],
    };
    await activities['engine.appendEvidence']({ draft, journal: true });
    await activities['engine.appendEvidence']({ draft, journal: false });
    expect(appended.map(({ artefacts }) => artefacts.map(({ name }) => name))).toEqual([
      ['record', 'journal'],
      ['record'],
    ]);
    expect(appended[0]!.artefacts[1]!.json).toEqual([record]);
  });
});
