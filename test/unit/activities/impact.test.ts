import { describe, expect, it } from 'vitest';
import { confirm } from '../../../activities/impact/confirm.ts';
import { reach } from '../../../activities/region/reach.ts';
import type { WatchSample } from '../../../domain/watch-sample.ts';
import { EXAMPLE_SERVICE } from '../../../runbooks/example-service.ts';
import { canaries, decide, OBSERVED_AT, OBSERVED_MS, outputOf, refusalOf } from './a-decision.ts';

const twoVantages = {
  ...EXAMPLE_SERVICE,
  watch: {
    ...EXAMPLE_SERVICE.watch,
    vantages: [
      { id: 'control', place: 'eu-central-1' },
      { id: 'paris', place: 'eu-west-3' },
    ],
  },
};

function judge(
  samples: readonly WatchSample[],
  frontDoorSays: string | null | 'fails' = 'front door: no answer in 1 s',
  service = EXAMPLE_SERVICE,
) {
  const seen = {
    now: OBSERVED_MS,
    samples,
    frontDoorFails: frontDoorSays !== null,
    frontDoorSays: frontDoorSays === 'fails' ? null : frontDoorSays,
  };
  return decide(confirm, { service: 'booking', suspect: 'eu-west-1' }, seen, null, { service });
}

describe('confirming impact', () => {
  it('says since when customers are cut off, by the start of the last good booking', () => {
    const samples = canaries('..xxx');
    const output = outputOf(judge(samples));
    expect(output).toMatchObject({ misses: 3, signals: ['canary', 'front door'], vantagesAgree: true });
    expect(output.downSince).toBe(new Date(samples[1]!.at).toISOString());
    expect(output.mightBe).toEqual(['front door: no answer in 1 s']);
  });

  it('is refused below 3 misses in a row', () => {
    expect(refusalOf(judge(canaries('...xx')))).toMatchObject({
      code: 'DR_IMPACT_NOT_CONFIRMED',
      message: expect.stringContaining('customers are served'),
      actual: '2 misses, signals: front door',
    });
    expect(refusalOf(judge(canaries('xxxx.xx'))).actual).toBe('2 misses, signals: front door');
  });

  it('is refused on one kind of signal alone, without saying that customers are served', () => {
    expect(refusalOf(judge(canaries('..xxxx'), null))).toMatchObject({
      code: 'DR_IMPACT_NOT_CONFIRMED',
      message: expect.not.stringContaining('customers are served'),
      actual: '4 misses, signals: canary',
    });
  });

  it('is refused when the watch is silent: nobody knows then', () => {
    const code = (samples: readonly WatchSample[]) => refusalOf(judge(samples)).code;
    expect(code([])).toBe('DR_WATCH_SILENT');
    const old = canaries('..xxxx').map((sample) => ({
      ...sample,
      at: sample.at - 60_000,
      doneAt: sample.doneAt - 60_000,
    }));
    expect(code(old)).toBe('DR_WATCH_SILENT');
  });

  it('says that two vantages disagree, so that the gate can hold it back', () => {
    const samples = [...canaries('..xxxx'), ...canaries('......', { vantage: 'paris' })];
    expect(outputOf(judge(samples, 'fails', twoVantages))).toMatchObject({
      misses: 4,
      vantagesAgree: false,
      vantages: [
        { id: 'control', sees: 'down' },
        { id: 'paris', sees: 'up', misses: 0 },
      ],
    });
  });

  it('does not count a silent vantage as disagreeing', () => {
    expect(outputOf(judge(canaries('..xxxx'), 'fails', twoVantages))).toMatchObject({
      vantagesAgree: true,
      vantages: [{ sees: 'down' }, { sees: 'silent', lastGoodAt: null }],
    });
  });

  it('orders canaries by request start: late time-outs do not hide behind later answers', () => {
    const samples = [...canaries('.....---')].reverse();
    expect(outputOf(judge(samples))).toMatchObject({ misses: 3 });
  });

  it('hints at a deploy when the front door answers and refuses', () => {
    expect(outputOf(judge(canaries('..xxx'), 'fails')).mightBe.join()).toContain('recent deploy');
  });

  it('gives no instant when no good booking is known', () => {
    expect(outputOf(judge(canaries('xxxx'))).downSince).toBeNull();
  });
});

describe('deciding whether a region can be reached', () => {
  const yes = <Value>(value: Value) => ({ answered: true as const, value });
  const no = (because: string) => ({ answered: false as const, because });
  const answer = { status: 200, headers: {}, body: '' };
  const look = (controlPlane: boolean, database: boolean, frontDoor: boolean) =>
    outputOf(
      decide(
        reach,
        { region: 'eu-west-1' },
        {
          controlPlane: controlPlane ? yes({ $metadata: {} }) : no('control plane: no answer in 4.5 s'),
          database: database ? yes([]) : no('database: ECONNREFUSED'),
          frontDoor: frontDoor ? yes(answer) : no('front door: none is configured'),
        },
      ),
    );

  it('says yes only when its control plane and its database both answer', () => {
    expect(look(true, true, false)).toMatchObject({ reachable: true, because: ['front door: none is configured'] });
    expect(look(true, false, true)).toMatchObject({
      reachable: false,
      database: false,
      because: ['database: ECONNREFUSED'],
    });
    expect(look(false, true, true)).toMatchObject({ reachable: false, controlPlane: false });
  });

  it('is an answer, never a failure, when nothing answers', () => {
    expect(look(false, false, false)).toMatchObject({
      reachable: false,
      because: { length: 3 },
      decidedAt: OBSERVED_AT,
    });
  });
});
