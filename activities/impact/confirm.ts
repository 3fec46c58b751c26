import { done, refuse } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { confirmImpact } from '../../runbooks/actions/impact/confirm.ts';
import { implement } from '../attempt/implement.ts';
import type { WatchSample } from '../clients/clients.ts';
import { heard } from '../clients/heard.ts';

/** How far back the last good booking is looked for. */
const LOOK_BACK_MS = 15 * 60_000;
/** A vantage without a sample for this long, beyond its own time-out, is silent: it proves nothing. */
const SILENT_MS = 3_000;
/** Read again right before the fence and the promotion, so a dead front door must not cost more. */
const FRONT_DOOR_MS = 1_000;
const MISSES_NEEDED = 3;
const SIGNALS_NEEDED = 2;

export const confirm = implement(confirmImpact, {
  async observe(clients, { suspect }, { service }) {
    const now = Date.now();
    const door = service.frontDoor[suspect];
    const [samples, frontDoor] = await Promise.all([
      clients.samples(service.name, now - LOOK_BACK_MS),
      door
        ? heard(
            'front door',
            FRONT_DOOR_MS,
            clients.http({
              ...door,
              method: 'GET',
              path: door.readyPath,
              host: service.dns.name,
              timeoutMs: FRONT_DOOR_MS,
            }),
          )
        : null,
    ]);
    const frontDoorFails = frontDoor !== null && (!frontDoor.answered || frontDoor.value.status !== 200);
    return { now, samples, frontDoorFails, frontDoorSays: frontDoor && !frontDoor.answered ? frontDoor.because : null };
  },
  decide(_input, { now, samples, frontDoorFails, frontDoorSays }, _acted, { service }) {
    const vantages = service.watch.vantages.map(({ id, place }) => ({
      id,
      place,
      ...sightOf(
        samples.filter((sample) => sample.vantage === id),
        now - service.watch.timeoutMs - SILENT_MS,
      ),
    }));
    const awake = vantages.filter((vantage) => vantage.sees !== 'silent');
    if (awake.length === 0) {
      return refuse(
        errorShape('DR_WATCH_SILENT', `no vantage of ${service.name} wrote a sample in the last seconds`, {
          field: 'watch',
          expected: service.watch.vantages.map((vantage) => vantage.id),
        }),
      );
    }
    const worst = awake.reduce((left, right) => (right.misses > left.misses ? right : left));
    const signals = [...(worst.misses >= MISSES_NEEDED ? ['canary'] : []), ...(frontDoorFails ? ['front door'] : [])];
    if (worst.misses < MISSES_NEEDED || signals.length < SIGNALS_NEEDED) {
      const found =
        worst.misses < MISSES_NEEDED
          ? 'customers are served: there is nothing to fail over from'
          : 'canary bookings fail, but the region’s front door answers: look at a recent deploy first';
      return refuse(
        errorShape('DR_IMPACT_NOT_CONFIRMED', found, {
          expected: `at least ${MISSES_NEEDED} misses in a row and ${SIGNALS_NEEDED} kinds of signal`,
          actual: `${worst.misses} misses, signals: ${signals.join(', ') || 'none'}`,
        }),
      );
    }
    return done({
      misses: worst.misses,
      signals,
      downSince: worst.lastGoodAt,
      vantages,
      vantagesAgree: awake.every((vantage) => vantage.sees === worst.sees),
      mightBe: mightBe(samples, frontDoorSays),
    });
  },
});

/** Misses in a row up to the newest sample, by request start: by answer, late time-outs would hide an outage. */
function sightOf(samples: readonly WatchSample[], silentBefore: number) {
  const ordered = [...samples].sort((left, right) => left.at - right.at);
  let misses = 0;
  while (misses < ordered.length && ordered[ordered.length - 1 - misses]!.outcome !== 'acknowledged') misses += 1;
  const lastGood = ordered[ordered.length - 1 - misses];
  const newest = ordered.reduce((latest, sample) => Math.max(latest, sample.doneAt), 0);
  const sees: 'down' | 'up' | 'silent' = newest < silentBefore ? 'silent' : misses >= MISSES_NEEDED ? 'down' : 'up';
  return { misses, sees, lastGoodAt: lastGood ? new Date(lastGood.at).toISOString() : null };
}

function mightBe(samples: readonly WatchSample[], frontDoorSays: string | null): string[] {
  const refused = samples.filter((sample) => sample.outcome === 'refused').length;
  const hints = frontDoorSays ? [frontDoorSays] : [];
  if (refused > 0 && !frontDoorSays)
    hints.push('the front door answers but bookings are refused: look at a recent deploy first');
  return hints;
}
