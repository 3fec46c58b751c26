import { done, wait } from '../../domain/action.ts';
import { confirmServing as contract } from '../../runbooks/actions/traffic/confirm-serving.ts';
import { implement } from '../attempt/implement.ts';
import type { WatchSample } from '../clients/clients.ts';

export const confirmServing = implement(contract, {
  async observe(clients, { service, name, since }) {
    const [answers, samples] = await Promise.all([clients.resolve(name), clients.samples(service, Date.parse(since))]);
    return { addresses: [...new Set(answers.map((answer) => answer.address))], samples };
  },
  decide(input, { addresses, samples }, _acted, { observedAt }) {
    const predicted = { servingAt: observedAt, servedBy: input.region };
    const others = addresses.filter((address) => address !== input.expectedAddress);
    if (addresses.length === 0) return wait(`no resolver answers for ${input.name}`, predicted);
    if (others.length > 0) {
      return wait(`${input.name} still answers ${others.join(', ')}, wants ${input.expectedAddress}`, predicted);
    }
    const vantages = [...new Set(samples.map((sample) => sample.vantage))];
    if (vantages.length === 0) return wait('no canary has ended since', predicted);
    const holds = vantages.map((vantage) =>
      heldSince(
        samples.filter((sample) => sample.vantage === vantage),
        input,
      ),
    );
    const notYet = holds.find((hold) => typeof hold === 'string');
    if (notYet !== undefined) return wait(notYet, predicted);
    const servingMs = Math.max(...holds.map(Number));
    return done({ servingAt: new Date(servingMs).toISOString(), servedBy: input.region });
  },
});

/**
 * Start of the first success after which every canary started within the hold succeeded in the region; else what is missing.
 * A canary still in flight may yet fail and a silence proves nothing: behind a gap in numbers or time the hold begins anew.
 */
function heldSince(
  samples: readonly WatchSample[],
  { region, holdSeconds }: { readonly region: string; readonly holdSeconds: number },
): number | string {
  const ordered = [...samples].sort((left, right) => left.at - right.at);
  const good = (sample: WatchSample) => sample.outcome === 'acknowledged' && sample.servedBy === region;
  const follows = (before: WatchSample, after: WatchSample | undefined) =>
    !after || (after.number === before.number + 1 && after.at - before.at <= holdSeconds * 1_000);
  let from = ordered.length;
  while (from > 0 && good(ordered[from - 1]!) && follows(ordered[from - 1]!, ordered[from])) from -= 1;
  const first = ordered[from];
  const last = ordered.at(-1);
  if (!first || !last) return `the newest canary was not served from ${region}`;
  const heldMs = last.at - first.at;
  return heldMs >= holdSeconds * 1_000
    ? first.at
    : `served from ${region} for ${(heldMs / 1_000).toFixed(1)} s of ${holdSeconds} s`;
}
