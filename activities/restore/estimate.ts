import { done } from '../../domain/action.ts';
import { estimateRestore as contract } from '../../runbooks/actions/restore/estimate.ts';
import { implement } from '../attempt/implement.ts';

export const estimate = implement(contract, {
  observe: (clients, _input, { service }) => clients.pastRestores(service.name),
  decide({ sizeBytes, objectiveSeconds, objectiveName }, past, _acted, { service }) {
    const rates = past.flatMap(({ bytesPerSecond }) => (bytesPerSecond ? [bytesPerSecond] : []));
    const bytesPerSecond = median(rates);
    const predictedSeconds = sizeBytes === null || bytesPerSecond === null ? null : sizeBytes / bytesPerSecond;
    const meetsObjective =
      predictedSeconds === null || objectiveSeconds === null ? null : predictedSeconds <= objectiveSeconds;
    const warnings = [
      ...(bytesPerSecond === null
        ? [
            `no restore of ${service.name} was measured here yet, so nobody knows how long one takes: run a restore drill first`,
          ]
        : []),
      ...(sizeBytes === null ? ['nothing says how large the database is, so how long it takes is unknown'] : []),
      ...(meetsObjective === false && sizeBytes !== null && bytesPerSecond !== null
        ? [
            `a ${size(sizeBytes)} restore at ${size(bytesPerSecond)}/s takes ${duration(predictedSeconds ?? 0)}; your ${objectiveName} is ${duration(objectiveSeconds ?? 0)}: keep a warm standby`,
          ]
        : []),
    ];
    return done({
      sizeBytes,
      bytesPerSecond,
      restoresMeasured: rates.length,
      predictedSeconds,
      meetsObjective,
      warnings,
    });
  },
});

/** Middle value; of an even number the mean of the two in the middle. */
function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((left, right) => left - right);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** `500 GB`: powers of 1024, as RDS counts storage. */
function size(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  const value = bytes / 1024 ** power;
  return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} ${UNITS[power]}`;
}

const duration = (seconds: number): string =>
  seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
