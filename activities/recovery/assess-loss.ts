import { done } from '../../domain/action.ts';
import { assessLoss as contract } from '../../runbooks/actions/recovery/assess-loss.ts';
import { implement } from '../attempt/implement.ts';
import { inWords } from './in-words.ts';

/** A copy older than this is so far outside every objective that the exact end of the loss does not matter. */
const LOOK_BACK_MS = 24 * 3_600_000;

export const assessLoss = implement(contract, {
  async observe(clients, { service, dataTime }) {
    const samples = await clients.samples(service, Math.max(Date.parse(dataTime), Date.now() - LOOK_BACK_MS));
    const good = samples.filter(({ outcome }) => outcome === 'acknowledged').map(({ doneAt }) => doneAt);
    return good.reduce<number | null>((newest, at) => Math.max(newest ?? at, at), null);
  },
  decide({ dataTime, rpoSeconds }, lastGoodAt, _acted, { observedAt }) {
    const countedTo = lastGoodAt ?? Date.parse(observedAt);
    const lossSeconds = Math.max(0, countedTo - Date.parse(dataTime)) / 1_000;
    const meetsRpo = lossSeconds <= rpoSeconds;
    const warnings = [
      ...(meetsRpo
        ? []
        : [
            `everything written since ${dataTime} is lost: ${inWords(lossSeconds)}, and the RPO is ${inWords(rpoSeconds)}`,
          ]),
      ...(lastGoodAt === null ? ['the watch saw no booking succeed since: the loss is counted until now'] : []),
    ];
    return done({ dataTime, lossSeconds, countedTo: new Date(countedTo).toISOString(), meetsRpo, warnings });
  },
});
