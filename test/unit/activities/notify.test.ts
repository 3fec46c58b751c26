import { describe, expect, it } from 'vitest';
import type { Clients } from '../../../activities/clients/clients.ts';
import { notify } from '../../../activities/people/notify.ts';
import type { Call } from '../../../domain/action.ts';
import { EXAMPLE_SERVICE } from '../../../runbooks/example-service.ts';
import { acted, callsOf, decide, expectDeclared, OBSERVED_AT, outputOf, refusalOf } from './a-decision.ts';

const service = {
  ...EXAMPLE_SERVICE,
  notify: [
    { kind: 'webhook' as const, url: 'https://one.example.com/' },
    { kind: 'webhook' as const, url: 'https://two.example.com/' },
  ],
};
const input = { text: 'booking moves', phase: 'started' as const, executionId: 'fo-1', facts: { fence: 'lease' } };
const judge = (results: readonly { url: string; taken: boolean }[] | null) =>
  decide(notify, input, null, results && acted([], results), { service });

describe('notifying', () => {
  it('names one call per webhook, with what is said in each', () => {
    const calls = callsOf(judge(null));
    expect(calls.map(({ target }) => target)).toEqual(service.notify.map(({ url }) => url));
    expect(JSON.parse((calls[0]!.input as { body: string }).body)).toEqual({ service: 'booking', ...input });
    expectDeclared(notify, calls);
  });

  it('is done when one webhook took it, and names those that did not', () => {
    expect(
      outputOf(
        judge([
          { url: 'https://one.example.com/', taken: false },
          { url: 'https://two.example.com/', taken: true },
        ]),
      ),
    ).toEqual({
      taken: ['https://two.example.com/'],
      notTaken: ['https://one.example.com/'],
      notifiedAt: OBSERVED_AT,
    });
  });

  it('fails when no webhook took it', () => {
    expect(refusalOf(judge([{ url: 'https://one.example.com/', taken: false }])).code).toBe('DR_NOTIFY_FAILED');
  });

  it('has nothing to do for a service without webhooks', () => {
    const silent = { ...service, notify: [] };
    expect(outputOf(decide(notify, input, null, null, { service: silent })).taken).toEqual([]);
  });

  it('tells the others when one webhook does not answer', async () => {
    const told: string[] = [];
    const clients = {
      execute: async (made: Call) => {
        if (made.target.includes('one')) throw new Error('no answer');
        told.push(made.target);
      },
    } as unknown as Clients;
    const context = { signal: new AbortController().signal } as Parameters<NonNullable<typeof notify.act>>[2];
    expect(await notify.act!(clients, callsOf(judge(null)), context)).toEqual([
      { url: 'https://one.example.com/', taken: false },
      { url: 'https://two.example.com/', taken: true },
    ]);
    expect(told).toEqual(['https://two.example.com/']);
  });
});
