import type { z } from 'zod';
import { type Decision, done, wait } from '../../domain/action.ts';
import type { Actual } from '../../domain/objective.ts';
import { measureSwap as contract } from '../../runbooks/actions/recovery/measure-swap.ts';
import { implement } from '../attempt/implement.ts';
import { actual } from '../measure/actual.ts';

type Input = z.output<(typeof contract)['input']>;

/** A move's measurement with what is different about a swap: the lease stays where it was, so no epoch tells before from after. */
export const measureSwap = implement(contract, {
  async observe(clients, input, context) {
    const vantages = await actual.observe(clients, asMove(input), context);
    return vantages.map((vantage) => ({
      ...vantage,
      samples: vantage.samples.map((sample) => ({ ...sample, epoch: null })),
    }));
  },
  decide(input, vantages, acted, context): Decision<Actual> {
    const decision = actual.decide(asMove(input), vantages, acted, context) as Decision<Actual>;
    if (decision.kind === 'done') return done(ofSwap(decision.output, input));
    if (decision.kind === 'wait' && decision.predicted) return wait(decision.why, ofSwap(decision.predicted, input));
    return decision;
  },
});

const asMove = ({ service, region, restoredTo, stoppedAt, servingAt }: Input) => ({
  service,
  region,
  restoredTo,
  downSince: stoppedAt,
  servingAt,
  epochBefore: 0,
  lagEstimateSeconds: null,
});

function ofSwap(measured: Actual, { stoppedAt, restore }: Input): Actual {
  const earlier = measured.servingAt !== null && measured.servingAt < stoppedAt;
  return {
    ...measured,
    ...(earlier && {
      rtoSeconds: null,
      disruptedAt: null,
      detectedAt: null,
      servingAt: null,
      notMeasured: {
        ...measured.notMeasured,
        rto: { reason: 'nobody missed the service while its database was swapped' },
      },
    }),
    method: `${measured.method}; the interruption by the swap, not the time since the damage`,
    ...(restore && { restore }),
  };
}
