import { describe, expect, it } from 'vitest';
import { callFailure, named, providerName } from '../../../activities/clients/call-failure.ts';
import { LifeboatError } from '../../../domain/errors.ts';

const aws = (name: string, httpStatusCode = 400) =>
  Object.assign(new Error('said no'), { name, $metadata: { httpStatusCode } });
const system = (code: string) => Object.assign(new Error(`connect ${code}`), { code });
const kubernetes = (code: number) => Object.assign(new Error(`HTTP-Code: ${code}`), { code });
const judged = (error: Error) => {
  const { retryable, actual } = callFailure(error, 'asking').shape;
  return [actual, retryable];
};

describe('a failed call', () => {
  it.each([
    'Throttling',
    'RequestLimitExceeded',
    'SlowDown',
    'TimeoutError',
    'PreconditionFailed',
    'ConditionalRequestConflict',
  ])('may pass when AWS says %s', (name) => expect(judged(aws(name))).toEqual([name, true]));

  it('may pass when it is a conflict of state: the next look decides', () => {
    expect(judged(aws('InvalidGlobalClusterStateFault'))).toEqual(['InvalidGlobalClusterStateFault', true]);
    expect(judged(aws('InvalidDBClusterStateFault'))).toEqual(['InvalidDBClusterStateFault', true]);
  });

  it('does not pass when AWS says no', () => {
    expect(judged(aws('AccessDenied', 403))).toEqual(['AccessDenied', false]);
    expect(judged(aws('DBClusterNotFoundFault', 404))).toEqual(['DBClusterNotFoundFault', false]);
    expect(judged(aws('InvalidParameterValue'))).toEqual(['InvalidParameterValue', false]);
  });

  it('may pass on any 5xx or 429, of AWS and of Kubernetes', () => {
    expect(judged(aws('Anything', 503))).toEqual(['Anything', true]);
    expect(judged(aws('Anything', 429))).toEqual(['Anything', true]);
    expect(judged(kubernetes(503))).toEqual(['503', true]);
    expect(judged(kubernetes(429))).toEqual(['429', true]);
    expect(judged(kubernetes(404))).toEqual(['404', false]);
    expect(judged(kubernetes(403))).toEqual(['403', false]);
  });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN', 'ENOTFOUND'])(
    'may pass when the network says %s',
    (code) => expect(judged(system(code))).toEqual([code, true]),
  );

  it.each(['57P01', '57P03', '08006', '53300', '25006'])('may pass when the database says %s', (state) =>
    expect(judged(system(state))).toEqual([state, true]),
  );

  it.each(['42P01', '23505', '28P01'])('does not pass when the database says %s', (state) =>
    expect(judged(system(state))).toEqual([state, false]),
  );

  it.each([
    'timeout expired',
    'Query read timeout',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
  ])('may pass when the database client says “%s”, which has neither name nor code', (message) =>
    expect(judged(new Error(message))).toEqual(['Error', true]),
  );

  it('does not pass when nothing is known about it', () => {
    expect(judged(new Error('boom'))).toEqual(['Error', false]);
    expect(judged(new TypeError('undefined is no function'))).toEqual(['TypeError', false]);
  });

  it('that is catalogued already stays what it is', async () => {
    const ours = new LifeboatError('DR_LEASE_STORE', 'away');
    expect(callFailure(ours, 'asking')).toBe(ours);
    await expect(named('asking', Promise.reject(ours))).rejects.toBe(ours);
  });

  it('says what was asked and keeps a provider’s long words short', () => {
    const { message } = callFailure(new Error('x'.repeat(10_000)), 'rds:Describe in eu-west-3').shape;
    expect(message).toMatch(/^rds:Describe in eu-west-3: Error: x+$/);
    expect(message).toHaveLength(500);
  });

  it('keeps the provider’s own name, for those who ask for it', () => {
    expect(providerName(callFailure(aws('NoSuchKey', 404), 's3'))).toBe('NoSuchKey');
    expect(providerName(new Error('NoSuchKey'))).toBeNull();
  });
});
