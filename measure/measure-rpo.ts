import type { MeasuredRpo } from '../domain/objective.ts';
import type { WatchSample } from '../domain/watch-sample.ts';
import { inOrderOfStart } from './outage.ts';

export interface RpoMeasurement {
  readonly rpo: MeasuredRpo | null;
  /** Why it is `null`; `null` when it was measured. */
  readonly reason: string | null;
  /** What the figures alone would hide, for instance that losses are not one cut; `null` when there is nothing to add. */
  readonly says: string | null;
  /** Gap between the starts of the canaries that bracket the cut. */
  readonly resolutionSeconds: number | null;
}

export interface RpoInput {
  /** Samples of one vantage, from well before the disruption. */
  readonly samples: readonly WatchSample[];
  /** Numbers of this vantage's canaries that the database which serves now holds. */
  readonly survivors: ReadonlySet<number>;
  /** Lease epoch of the new writer; `null` when the service tells none. */
  readonly newEpoch: number | null;
  /** Unix milliseconds; decides for samples without an epoch. `null` when no disruption was seen. */
  readonly disruptedAt: number | null;
}

type Canary = WatchSample;

/**
 * Actual RPO of one vantage: which canaries acknowledged under the old epoch are gone. Seconds are counted back from the
 * answer to the last of them; the cut lies after the newest survivor's start and before the oldest lost one's answer.
 * Refused and timed-out requests count for nothing: nobody promised anything about them.
 */
export function measureRpo(input: RpoInput): RpoMeasurement {
  const ordered = inOrderOfStart(input.samples);
  const promised = ordered.filter((sample) => sample.outcome === 'acknowledged' && underOldEpoch(sample, input));
  if (promised.length === 0) return notMeasured('no canary was acknowledged under the old epoch');
  const lost = promised.filter(({ number }) => !input.survivors.has(number));
  const survived = promised.filter(({ number }) => input.survivors.has(number));
  const newest = survived.at(-1);
  if (!newest) {
    return notMeasured(
      `none of ${promised.length} canaries acknowledged since ${instant(promised[0]!.at)} survived: the loss reaches further back`,
    );
  }
  return lost.length === 0 ? nothingLost(ordered, newest) : cutBetween(promised, lost, survived, newest);
}

function underOldEpoch(sample: Canary, { newEpoch, disruptedAt }: RpoInput): boolean {
  if (sample.epoch !== null && newEpoch !== null) return sample.epoch < newEpoch;
  return disruptedAt !== null && sample.at <= disruptedAt;
}

/** What was written since the newest canary nobody can tell: at most until the next one was tried. */
function nothingLost(ordered: readonly WatchSample[], newest: Canary): RpoMeasurement {
  const next = ordered.find(({ at, number }) => at > newest.at && number !== newest.number);
  if (!next) return notMeasured('no canary was tried after the last one that survived');
  const gapSeconds = (next.at - newest.at) / 1_000;
  return {
    rpo: {
      minSeconds: 0,
      maxSeconds: gapSeconds,
      oldestLostAt: null,
      newestSurvivingAt: instant(newest.at),
      lost: 0,
    },
    reason: null,
    says: null,
    resolutionSeconds: gapSeconds,
  };
}

function cutBetween(
  promised: readonly Canary[],
  lost: readonly Canary[],
  survived: readonly Canary[],
  newest: Canary,
): RpoMeasurement {
  const reference = Math.max(...promised.map(({ doneAt }) => doneAt));
  const oldestLost = lost.reduce((oldest, canary) => (canary.doneAt < oldest.doneAt ? canary : oldest));
  const figures = {
    oldestLostAt: instant(oldestLost.doneAt),
    newestSurvivingAt: instant(newest.at),
    lost: lost.length,
  };
  if (newest.at <= oldestLost.doneAt) {
    return {
      rpo: {
        ...figures,
        minSeconds: Math.max(0, reference - oldestLost.doneAt) / 1_000,
        maxSeconds: Math.max(0, reference - newest.at) / 1_000,
      },
      reason: null,
      says: null,
      resolutionSeconds: Math.abs(oldestLost.at - newest.at) / 1_000,
    };
  }
  return holes({ lost, survived, newest, oldestLost, reference, figures });
}

/**
 * A canary is gone although a later one survived, so there is no single cut. Bounded from both sides: at most back to the
 * newest survivor before the oldest loss, at least what was lost after the newest survivor of all.
 */
function holes(known: {
  readonly lost: readonly Canary[];
  readonly survived: readonly Canary[];
  readonly newest: Canary;
  readonly oldestLost: Canary;
  readonly reference: number;
  readonly figures: Pick<MeasuredRpo, 'oldestLostAt' | 'newestSurvivingAt' | 'lost'>;
}): RpoMeasurement {
  const { lost, survived, newest, oldestLost, reference, figures } = known;
  const before = survived.filter(({ at }) => at <= oldestLost.doneAt).at(-1);
  if (!before) {
    return notMeasured(
      `canary ${oldestLost.number} is gone although later ones survived, and none before it is known: the loss reaches further back`,
    );
  }
  const tail = lost.filter(({ doneAt }) => doneAt >= newest.at);
  const inside = lost.length - tail.length;
  return {
    rpo: {
      ...figures,
      minSeconds:
        tail.length === 0 ? 0 : Math.max(0, reference - Math.min(...tail.map(({ doneAt }) => doneAt))) / 1_000,
      maxSeconds: Math.max(0, reference - before.at) / 1_000,
    },
    reason: null,
    says: `losses are not one cut: ${inside} of ${lost.length} lost canaries lie before a surviving one`,
    resolutionSeconds: Math.abs(oldestLost.at - before.at) / 1_000,
  };
}

const instant = (at: number): string => new Date(at).toISOString();

const notMeasured = (reason: string): RpoMeasurement => ({ rpo: null, reason, says: null, resolutionSeconds: null });
