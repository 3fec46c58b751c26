import { describe, expect, it } from 'vitest';
import type { WatchSample } from '../../../domain/watch-sample.ts';
import { actualOf } from '../../../measure/actual-of.ts';
import { measureRpo } from '../../../measure/measure-rpo.ts';
import { measureRto } from '../../../measure/measure-rto.ts';
import { HELD, NOON, shuffled, slot, stream } from './sample-stream.ts';
import { seededRandom } from './seeded-random.ts';

const upTo = (number: number): Set<number> => new Set(Array.from({ length: number }, (_, index) => index + 1));
/** Ten acknowledged under the old epoch, then an outage, then acknowledged under the new one. */
const failover = [
  ...stream('++++++++++????'),
  ...stream('+++', { epoch: 42, servedBy: 'eu-west-3' }).map((sample) => ({
    ...sample,
    number: sample.number + 14,
    at: sample.at + 1_400,
    doneAt: sample.doneAt + 1_400,
  })),
];
const rpoOf = (survivors: Iterable<number>, samples: readonly WatchSample[] = failover, newEpoch: number | null = 42) =>
  measureRpo({ samples, survivors: new Set(survivors), newEpoch, disruptedAt: NOON + 900 });

describe('actual RPO', () => {
  it('brackets the cut between the newest survivor’s start and the oldest lost one’s answer', () => {
    expect(rpoOf([...upTo(7), 15, 16, 17])).toEqual({
      // Counted back from the answer to the tenth.
      rpo: {
        minSeconds: 0.2,
        maxSeconds: 0.32,
        oldestLostAt: slot(7, 20),
        newestSurvivingAt: slot(6),
        lost: 3,
      },
      reason: null,
      says: null,
      resolutionSeconds: 0.1,
    });
  });

  it('is 0 to one probe interval when nothing acknowledged was lost', () => {
    expect(rpoOf([...upTo(10), 15, 16, 17]).rpo).toEqual({
      minSeconds: 0,
      maxSeconds: 0.1,
      oldestLostAt: null,
      newestSurvivingAt: slot(9),
      lost: 0,
    });
  });

  it('does not count what timed out, whether it survived or not', () => {
    expect(rpoOf([...upTo(7), 11, 12])).toEqual(rpoOf(upTo(7)));
  });

  it('does not count what the new writer took', () => {
    expect(rpoOf(upTo(10)).rpo?.lost).toBe(0);
  });

  it('goes by the disruption where the service tells no epoch', () => {
    const silent = failover.map((sample) => ({ ...sample, epoch: null }));
    expect(rpoOf(upTo(7), silent, null)).toEqual(rpoOf(upTo(7)));
    expect(rpoOf(upTo(7), silent)).toEqual(rpoOf(upTo(7)));
    expect(measureRpo({ samples: silent, survivors: upTo(7), newEpoch: null, disruptedAt: null }).reason).toBe(
      'no canary was acknowledged under the old epoch',
    );
  });

  it('bounds a hole from both sides and says that it is no cut', () => {
    const { rpo, says } = rpoOf([...upTo(4), 7, 8]);
    expect(rpo).toEqual({
      // At least what was lost after the eighth, at most back to the fourth.
      minSeconds: 0.1,
      maxSeconds: 0.62,
      oldestLostAt: slot(4, 20),
      newestSurvivingAt: slot(7),
      lost: 4,
    });
    expect(says).toBe('losses are not one cut: 2 of 4 lost canaries lie before a surviving one');
    expect(rpoOf([...upTo(4), 7, 8, 9, 10])).toMatchObject({ rpo: { minSeconds: 0, maxSeconds: 0.62, lost: 2 } });
  });

  it('does not call overlapping requests a hole', () => {
    // The first was answered after the second had started: which of them was written first nobody knows.
    const [slow, quick, ...later] = stream('++++');
    const overlapping = [{ ...slow!, doneAt: slow!.at + 250 }, quick!, ...later];
    expect(rpoOf([2, 3], overlapping)).toMatchObject({ says: null, rpo: { lost: 2, newestSurvivingAt: slot(2) } });
  });

  it.each([
    ['nothing was acknowledged', stream('???'), [], 'no canary was acknowledged under the old epoch'],
    [
      'nothing survived',
      stream('+++'),
      [],
      `none of 3 canaries acknowledged since ${slot(0)} survived: the loss reaches further back`,
    ],
    [
      'only later ones survived',
      stream('++++++'),
      [5],
      'canary 1 is gone although later ones survived, and none before it is known: the loss reaches further back',
    ],
    ['nothing was tried afterwards', stream('+++'), [1, 2, 3], 'no canary was tried after the last one that survived'],
  ])('is not measured, with the reason, when %s', (_title, samples, survivors, reason) => {
    expect(rpoOf(survivors, samples)).toEqual({ rpo: null, reason, says: null, resolutionSeconds: null });
  });
});

describe('random disasters', () => {
  it.each([...Array(40).keys()])(
    'lie within the interval: nothing lost is older, nothing surviving newer (seed %i)',
    (seed) => {
      const random = seededRandom(seed);
      const diesAt = NOON + 10_000 + random() * 5_000;
      const cut = diesAt - random() ** 2 * 4_000;
      const survivors = new Set<number>();
      const samples = [...Array(200).keys()].map((index): WatchSample => {
        const at = Math.round(NOON + index * 100 + random() * 10);
        const committed = at + random() * 150;
        const doneAt = Math.round(committed + 1 + random() * 150);
        const acknowledged = doneAt < diesAt;
        if (committed <= cut) survivors.add(index + 1);
        return {
          vantage: 'control',
          number: index + 1,
          at,
          doneAt: acknowledged ? doneAt : at + 1_000,
          outcome: acknowledged ? 'acknowledged' : 'timed_out',
          servedBy: acknowledged ? 'eu-west-1' : null,
          epoch: acknowledged ? 41 : null,
          error: null,
        };
      });
      const promised = samples.filter(({ outcome }) => outcome === 'acknowledged');
      const { rpo, says } = measureRpo({
        samples: shuffled(samples, random),
        survivors,
        newEpoch: 42,
        disruptedAt: null,
      });
      const lost = promised.filter(({ number }) => !survivors.has(number));
      expect(says).toBeNull();
      expect(rpo!.lost).toBe(lost.length);
      expect(rpo!.minSeconds).toBeLessThanOrEqual(rpo!.maxSeconds);
      if (lost.length > 0) {
        const lostSeconds = (Math.max(...promised.map(({ doneAt }) => doneAt)) - cut) / 1_000;
        expect(rpo!.minSeconds).toBeLessThanOrEqual(lostSeconds);
        expect(rpo!.maxSeconds).toBeGreaterThanOrEqual(lostSeconds);
      }
      for (const { doneAt } of lost) expect(doneAt).toBeGreaterThanOrEqual(Date.parse(rpo!.oldestLostAt!));
      for (const { number, at } of promised) {
        if (survivors.has(number)) expect(at).toBeLessThanOrEqual(Date.parse(rpo!.newestSurvivingAt!));
      }
    },
  );
});

describe('the actual', () => {
  const samples = stream(`++++---${HELD}+`);
  const about = { vantage: 'control', path: '/watch/booking/control.jsonl', databaseLagEstimateSeconds: null };

  it('carries both figures with the samples they come from', () => {
    const rpo = measureRpo({ samples, survivors: upTo(3), newEpoch: null, disruptedAt: NOON + 300 });
    expect(actualOf({ ...about, samples, rto: measureRto(samples), rpo })).toMatchObject({
      rtoSeconds: 0.4,
      rpo: { minSeconds: 0, maxSeconds: 0.12, lost: 1 },
      notMeasured: {},
      method: 'canary only',
      resolutionSeconds: 0.1,
      samples: { path: about.path, from: slot(0), to: slot(38), count: 39 },
    });
  });

  it('says why a figure is missing, never 0', () => {
    const rpo = measureRpo({ samples: [], survivors: new Set(), newEpoch: null, disruptedAt: null });
    expect(actualOf({ ...about, samples: [], rto: measureRto([]), rpo })).toMatchObject({
      rtoSeconds: null,
      rpo: null,
      notMeasured: {
        rto: { reason: 'no samples of the watch' },
        rpo: { reason: 'no canary was acknowledged under the old epoch' },
      },
      resolutionSeconds: null,
    });
  });
});
