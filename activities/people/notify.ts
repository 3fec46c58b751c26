import { type Call, call, done, refuse } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import { notifyPeople } from '../../runbooks/actions/people/notify.ts';
import { implement } from '../attempt/implement.ts';

export const notify = implement(notifyPeople, {
  observe: async () => null,
  decide(input, _seen, acted, { service, observedAt }) {
    const { text, phase, executionId, facts } = input;
    const body = JSON.stringify({ service: service.name, executionId, phase, text, facts });
    const calls: Call[] = service.notify.map(({ url }) => ({
      service: 'webhook',
      operation: 'Post',
      region: 'control',
      target: url,
      input: { url, body },
    }));
    const output = (taken: string[], notTaken: string[]) => done({ taken, notTaken, notifiedAt: observedAt });
    if (calls.length === 0) return output([], []);
    if (!acted) {
      const targets = calls.map(({ target }) => target);
      return call(calls, 'people are not told yet', { taken: targets, notTaken: [], notifiedAt: observedAt });
    }
    const taken = (acted.results as readonly { url: string; taken: boolean }[]).filter((result) => result.taken);
    const urls = taken.map((result) => result.url);
    if (taken.length > 0)
      return output(
        urls,
        calls.map(({ target }) => target).filter((url) => !urls.includes(url)),
      );
    return refuse(
      errorShape('DR_NOTIFY_FAILED', 'no webhook took the notification', {
        expected: calls.map(({ target }) => target),
      }),
    );
  },
  /** One webhook that does not answer must not keep the others from being told. */
  act: (clients, calls, { signal }) =>
    Promise.all(
      calls.map(async (made): Promise<Json> => {
        try {
          await clients.execute(made, signal);
          return { url: made.target, taken: true };
        } catch {
          return { url: made.target, taken: false };
        }
      }),
    ),
});
