import { done, wait } from '../../domain/action.ts';
import type { Actual } from '../../domain/objective.ts';
import type { Service } from '../../domain/service.ts';
import { actualOf } from '../../measure/actual-of.ts';
import { measureRpo } from '../../measure/measure-rpo.ts';
import { measureRto } from '../../measure/measure-rto.ts';
import { findOutages } from '../../measure/outage.ts';
import { measureActual } from '../../runbooks/actions/measure/actual.ts';
import { type AttemptContext, implement } from '../attempt/implement.ts';
import { providerName } from '../clients/call-failure.ts';
import type { Clients, WatchSample } from '../clients/clients.ts';

/** How far before the disruption canaries are read, so that the newest survivor is among them. */
const BEFORE_MS = 5 * 60_000;

interface SeenVantage {
  readonly id: string;
  readonly samples: readonly WatchSample[];
  readonly survivors: ReadonlySet<number>;
}

export const actual = implement(measureActual, {
  async observe(clients, { service, region, downSince, servingAt, restoredTo }, context) {
    const from = Math.min(Date.parse(downSince ?? servingAt), restoredTo ? Date.parse(restoredTo) : Infinity);
    const since = from - BEFORE_MS;
    const samples = await clients.samples(service, since);
    return Promise.all(
      context.service.watch.vantages.map(async ({ id }): Promise<SeenVantage> => {
        const ours = samples.filter((sample) => sample.vantage === id);
        return { id, samples: ours, survivors: await survivorsOf(clients, region, context, id, ours) };
      }),
    );
  },
  decide(input, vantages, _acted, { service, mode }) {
    const measured = vantages
      .filter(({ samples }) => samples.length > 0)
      .map((vantage) => measure(vantage, { ...input, service }));
    const [first] = measured;
    if (!first) return wait(`no sample of ${service.name} since ${input.downSince ?? input.servingAt}`);
    if (mode === 'dry_run') return wait('figures exist once customers are served again', first);
    const held = measured.some(({ rtoSeconds }) => rtoSeconds !== null);
    const holding = measured.some(({ disruptedAt, servingAt }) => disruptedAt !== null && servingAt === null);
    if (!held && holding) return wait('success has not held for the whole hold yet', first);
    // A client is as badly off as its vantage: the longest outage counts.
    return done(
      measured.reduce((worst, next) => ((next.rtoSeconds ?? -1) > (worst.rtoSeconds ?? -1) ? next : worst), first),
    );
  },
});

function measure(
  { id, samples, survivors }: SeenVantage,
  about: {
    readonly epochBefore: number;
    readonly servingAt: string;
    readonly lagEstimateSeconds: number | null;
    readonly service: Service;
  },
): Actual {
  // The outage this move ended: the last that had begun by then. A vantage may have been served again before the others.
  const servingAt = Date.parse(about.servingAt);
  const outage = findOutages(samples).findLast(({ firstMissAt }) => firstMissAt <= servingAt);
  const rto = measureRto(samples, { around: outage?.servingAt ?? servingAt });
  const rpo = measureRpo({
    samples,
    survivors,
    newEpoch: about.epochBefore + 1,
    disruptedAt: rto.disruptedAt === null ? null : Date.parse(rto.disruptedAt),
  });
  return actualOf({
    vantage: id,
    path: `${about.service.name}/${id}.jsonl`,
    samples,
    rto,
    rpo,
    databaseLagEstimateSeconds: about.lagEstimateSeconds,
  });
}

/** Numbers of the canaries that the database which serves now holds. */
async function survivorsOf(
  clients: Clients,
  region: string,
  { service, mode }: Pick<AttemptContext, 'service' | 'mode'>,
  vantage: string,
  samples: readonly WatchSample[],
): Promise<ReadonlySet<number>> {
  if (samples.length === 0) return new Set();
  const { table, vantageColumn, numberColumn } = service.database.canary;
  const first = samples.reduce((least, { number }) => Math.min(least, number), Number.MAX_SAFE_INTEGER);
  const asked = clients.query(
    region,
    `select ${numberColumn} as number from ${table} where ${vantageColumn} = $1 and ${numberColumn} >= $2`,
    [vantage, first],
  );
  const rows = await asked.catch((caught: unknown) => {
    // A dry run comes here before anything was restored.
    if (mode === 'dry_run' && providerName(caught) === 'DBClusterNotFoundFault') return [];
    throw caught;
  });
  return new Set(rows.map((row) => Number(row['number'])));
}
