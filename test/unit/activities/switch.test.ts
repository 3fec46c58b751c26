import type { HealthCheckConfig, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { describe, expect, it } from 'vitest';
import { checkSwitch } from '../../../activities/dns/check-switch.ts';
import { probe } from '../../../activities/front-door/probe.ts';
import { restoreSwitch } from '../../../activities/traffic/restore-switch.ts';
import { setSwitch } from '../../../activities/traffic/set-switch.ts';
import { callsOf, decide, expectDeclared, OBSERVED_AT, outputOf, refusalOf, waitOf } from './a-decision.ts';

const object = { region: 'eu-west-3', bucket: 'booking-switch', key: 'serve-from-eu-west-3' };

describe('checking the DNS switch', () => {
  const input = {
    ...object,
    name: 'booking.example.com',
    zone: 'example.com',
    protectedAddress: '192.0.2.10',
    recoveryAddress: '198.51.100.10',
    ttlAtMostSeconds: 60,
  };
  const record = (Value: string, TTL = 60): ResourceRecordSet => ({
    Name: 'booking.example.com.',
    Type: 'A',
    TTL,
    ResourceRecords: [{ Value }],
  });
  const inverted: HealthCheckConfig = {
    Type: 'HTTP',
    Inverted: true,
    ResourcePath: '/booking-switch/serve-from-eu-west-3',
  };
  interface Change {
    primary?: ResourceRecordSet | null;
    secondary?: ResourceRecordSet | null;
    check?: HealthCheckConfig | null;
  }
  const standing = (change: Change = {}) => ({
    answered: true as const,
    value: { primary: record('192.0.2.10'), secondary: record('198.51.100.10'), check: inverted, ...change },
  });
  const judge = (change: Change = {}, etag: string | null = null) =>
    decide(checkSwitch, input, { object: etag === null ? null : { etag }, records: standing(change) });

  it('is verified when the primary is keyed to an inverted health check on the switch object', () => {
    expect(outputOf(judge())).toEqual({
      state: 'protected',
      etag: null,
      records: 'verified',
      ttlSeconds: 60,
      recordedAddresses: { protected: ['192.0.2.10'], recovery: ['198.51.100.10'] },
      warnings: [],
    });
  });

  it.each([
    ['not inverted', { check: { ...inverted, Inverted: false } }, 'not inverted'],
    ['on another object', { check: { ...inverted, ResourcePath: '/other/object' } }, 'watches /other/object'],
    ['missing', { check: null }, 'no health check'],
  ])('is refused when the health check is %s', (_what, change, why) => {
    const error = refusalOf(judge(change));
    expect(error).toMatchObject({ code: 'DR_SWITCH_NOT_READY', retryable: false });
    expect(error.message).toContain(why);
  });

  it('is refused when a record is missing or holds another address', () => {
    expect(refusalOf(judge({ secondary: null })).message).toContain('failover records are not there');
    expect(refusalOf(judge({ primary: record('203.0.113.1') })).message).toContain(
      'primary record does not hold 192.0.2.10',
    );
    expect(refusalOf(judge({ secondary: record('203.0.113.1') })).message).toContain(
      'secondary record does not hold 198.51.100.10',
    );
  });

  it('names everything that is wrong at once', () => {
    const error = refusalOf(judge({ secondary: record('203.0.113.1'), check: { ...inverted, Inverted: false } }));
    expect(error.message).toMatch(/secondary record.*; .*not inverted/);
  });

  it('goes on unverified, with a warning, when Route 53 does not answer: the switch does not need it', () => {
    const records = { answered: false as const, because: 'route53: no answer in 4 s' };
    expect(outputOf(decide(checkSwitch, input, { object: null, records }))).toMatchObject({
      state: 'protected',
      records: 'unverified',
      ttlSeconds: null,
      warnings: ['records not verified: route53: no answer in 4 s'],
    });
  });

  it('warns of answers that are cached too long, and of a switch that stands on recovery', () => {
    const output = outputOf(judge({ secondary: record('198.51.100.10', 300) }, '"abc"'));
    expect(output).toMatchObject({ state: 'recovery', etag: '"abc"', ttlSeconds: 300 });
    expect(output.warnings).toEqual(['DNS TTL 300 s, wants ≤ 60', 'the switch stands on recovery already']);
  });
});

describe('setting the switch', () => {
  const input = {
    ...object,
    name: 'booking.example.com',
    toRegion: 'eu-west-3',
    expectedAddress: '198.51.100.10',
    executionId: 'fo-1',
  };

  it('puts the object only if it is absent, and writes into it why it is there', () => {
    const calls = callsOf(decide(setSwitch, input, null));
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({
      service: 's3',
      operation: 'PutObject',
      region: 'eu-west-3',
      input: { IfNoneMatch: '*', Key: object.key },
    });
    expect(JSON.parse((calls[0]!.input as { Body: string }).Body)).toEqual({
      serveFrom: 'eu-west-3',
      executionId: 'fo-1',
    });
    expectDeclared(setSwitch, calls);
  });

  it('is done when the object is there, whoever put it', () => {
    expect(outputOf(decide(setSwitch, input, { etag: '"abc"' }))).toEqual({
      expectedAddress: '198.51.100.10',
      etag: '"abc"',
      trafficShiftedAt: OBSERVED_AT,
    });
  });
});

describe('restoring the switch', () => {
  const judge = (state: 'protected' | 'recovery', there: boolean) =>
    decide(restoreSwitch, { ...object, state }, there ? { etag: '"abc"' } : null);

  it('removes the object that the move put', () => {
    const calls = callsOf(judge('protected', true));
    expect(calls[0]).toMatchObject({ operation: 'DeleteObject', input: { Bucket: object.bucket, Key: object.key } });
    expectDeclared(restoreSwitch, calls);
  });

  it('leaves it when the switch stood on recovery before', () => {
    expect(outputOf(judge('recovery', true))).toEqual({ state: 'recovery' });
  });

  it('does nothing when it is not there', () => {
    expect(outputOf(judge('protected', false))).toEqual({ state: 'protected' });
  });
});

describe('probing the front door', () => {
  const input = {
    region: 'eu-west-3',
    name: 'booking.example.com',
    address: '198.51.100.10',
    port: 80,
    path: '/readyz',
  };
  const answered = (status: number) => ({ answered: true as const, value: { status, headers: {}, body: '' } });
  const silent = { answered: false as const, because: 'front door: no answer in 2.5 s' };

  it('succeeds only on 200', () => {
    expect(outputOf(decide(probe, { ...input, whenNotReady: 'refuse' }, answered(200)))).toEqual({
      ready: true,
      status: 200,
      address: '198.51.100.10',
    });
    for (const status of [204, 301, 503]) {
      expect(refusalOf(decide(probe, { ...input, whenNotReady: 'refuse' }, answered(status)))).toMatchObject({
        code: 'DR_FRONT_DOOR_NOT_READY',
        actual: `status ${status}`,
      });
    }
  });

  it('refuses or waits as it is asked to when nobody answers', () => {
    expect(refusalOf(decide(probe, { ...input, whenNotReady: 'refuse' }, silent)).actual).toBe(silent.because);
    expect(waitOf(decide(probe, { ...input, whenNotReady: 'wait' }, silent))).toContain('no answer');
  });
});
