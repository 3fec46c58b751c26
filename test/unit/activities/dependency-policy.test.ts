import { DescribeDBClustersCommand } from '@aws-sdk/client-rds';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { callFailure, named } from '../../../activities/clients/call-failure.ts';
import { DependencyPolicies } from '../../../activities/clients/dependency-policy.ts';
import { sqlPolicy } from '../../../activities/clients/sql-policy.ts';
import type { LifeboatError } from '../../../domain/errors.ts';

// The breaker reads the clock: it tries again when a test lets a second pass, however slow the machine is.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
});
afterEach(() => {
  vi.useRealTimers();
});

const refused = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const denied = () =>
  Object.assign(new Error('not authorized'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });

/** A dependency that counts how often it is asked. */
function dependency(fail: () => Error, deadlineMs?: number) {
  const policy = new DependencyPolicies().for('rds', 'eu-west-1', deadlineMs);
  const asked = { times: 0 };
  const work = () => {
    asked.times += 1;
    return named('rds', Promise.reject(fail()));
  };
  const failure = (promise: Promise<unknown>): Promise<LifeboatError> =>
    named('rds', promise).then(
      () => Promise.reject(new Error('it answered')),
      (caught) => caught as LifeboatError,
    );
  return {
    policy,
    asked,
    read: () => failure(policy.read(work)),
    change: () => failure(policy.change(work)),
    failure,
  };
}

describe('a dependency that is dead', () => {
  it('is asked three times in all, however many ask, and then the answer is no at once', async () => {
    const { read, asked } = dependency(refused);
    const failures = [];
    for (let asking = 0; asking < 10; asking += 1) failures.push(await read());
    expect(asked.times).toBe(3);
    expect(failures.at(-1)!.shape).toMatchObject({ code: 'DR_CALL_FAILED', actual: 'breaker open', retryable: true });
  });

  it('is found again soon after it comes back', async () => {
    const { policy, read } = dependency(refused);
    for (let asking = 0; asking < 3; asking += 1) await read();
    vi.setSystemTime(Date.now() + 1_050);
    expect(await policy.read(async () => 'here')).toBe('here');
    expect(await policy.read(async () => 'still here')).toBe('still here');
  });

  it('that hears and never answers costs its deadline, and the work is told to stop', async () => {
    const { policy, failure } = dependency(refused, 40);
    let stopped = false;
    const silent = (signal: AbortSignal) =>
      new Promise<never>(() => {
        signal.addEventListener('abort', () => {
          stopped = true;
        });
      });
    expect((await failure(policy.change(silent))).shape).toMatchObject({ actual: 'deadline', retryable: true });
    expect(stopped).toBe(true);
  });
});

describe('a read', () => {
  it('is tried once more when it failed in a way that may pass', async () => {
    const { policy } = dependency(refused);
    let asked = 0;
    const answer = await policy.read(() => {
      asked += 1;
      return asked === 1 ? named('rds', Promise.reject(refused())) : Promise.resolve('answer');
    });
    expect([answer, asked]).toEqual(['answer', 2]);
  });
});

describe('a long read', () => {
  it('is not repeated by the policy, and keeps a deadline of its own', async () => {
    const policies = new DependencyPolicies();
    let asked = 0;
    const failing = () => {
      asked += 1;
      return named('sql', Promise.reject(refused()));
    };
    const restored = { region: 'eu-west-1', cluster: 'restored' };
    await sqlPolicy(policies, restored, 60_000)
      .readOnce(failing)
      .catch(() => undefined);
    expect(asked).toBe(1);
    expect(sqlPolicy(policies, restored, 60_000)).toBe(policies.for('sql', 'eu-west-1/restored', 68_000));
  });

  it('of a restored cluster that does not answer does not silence the service’s own', async () => {
    const policies = new DependencyPolicies();
    const dead = () => named('sql', Promise.reject(refused()));
    const restored = sqlPolicy(policies, { region: 'eu-west-1', cluster: 'restored' }, 1_000);
    for (let asking = 0; asking < 4; asking += 1) await restored.readOnce(dead).catch(() => undefined);
    await expect(restored.readOnce(async () => 'here')).rejects.toThrow();
    expect(await sqlPolicy(policies, { region: 'eu-west-1' }).read(async () => 'here')).toBe('here');
  });
});

describe('a change', () => {
  it('is never repeated by the policy: whether it took effect is for the attempt to look at', async () => {
    const { change, asked } = dependency(refused);
    await change();
    expect(asked.times).toBe(1);
  });
});

describe('a provider’s no', () => {
  it('is neither repeated nor held against the provider', async () => {
    const { read, asked, policy } = dependency(denied);
    for (let asking = 0; asking < 5; asking += 1)
      expect((await read()).shape).toMatchObject({ actual: 'AccessDenied', retryable: false });
    expect(asked.times).toBe(5);
    expect(await policy.read(async () => 'an answer')).toBe('an answer');
  });
});

describe('policies', () => {
  it('are one per dependency and region: a dead region does not silence the other', async () => {
    const policies = new DependencyPolicies();
    const dead = () => named('rds', Promise.reject(refused()));
    for (let asking = 0; asking < 3; asking += 1)
      await policies
        .for('rds', 'eu-west-1')
        .read(dead)
        .catch(() => undefined);
    expect(policies.for('rds', 'eu-west-1')).toBe(policies.for('rds', 'eu-west-1'));
    expect(await policies.for('rds', 'eu-west-3').read(async () => 'here')).toBe('here');
    expect(await policies.for('s3', 'eu-west-1').read(async () => 'here')).toBe('here');
  });
});

describe('a real SDK client', () => {
  it('asks a region that resets every connection three times in all', async () => {
    const { AwsClients } = await import('../../../activities/clients/aws-clients.ts');
    const { countingServer } = await import('./counting-server.ts');
    const server = await countingServer((request) => request.socket.destroy());
    const configuration = { network: {}, aws: { endpoints: { 'eu-west-1': { rds: server.url } } } } as never;
    const client = new AwsClients(configuration, new DependencyPolicies(), undefined).rds('eu-west-1');
    client.config.credentials = async () => ({ accessKeyId: 'test', secretAccessKey: 'test' });
    for (let asking = 0; asking < 4; asking += 1) {
      const error = await client
        .send(new DescribeDBClustersCommand({}))
        .catch((caught: unknown) => callFailure(caught, 'rds'));
      expect((error as LifeboatError).shape).toMatchObject({ code: 'DR_CALL_FAILED', retryable: true });
    }
    expect(server.requests).toHaveLength(3);
  });
});
