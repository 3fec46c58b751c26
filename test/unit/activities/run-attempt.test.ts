import { afterEach, describe, expect, it, vi } from 'vitest';
import { call, done, refuse, wait } from '../../../domain/action.ts';
import { errorShape, LifeboatError } from '../../../domain/errors.ts';
import { failureOf, LampRig, lampContract, setLamp } from './an-attempt.ts';

afterEach(() => {
  vi.useRealTimers();
});

const noAnswer = () => new LifeboatError('DR_CALL_FAILED', 'lamp:Set: no answer', { retryable: true });

describe('a live attempt', () => {
  it('is done at once, without a call, when what it is for is so already', async () => {
    const rig = new LampRig();
    rig.lit = true;
    expect(await rig.attempt()).toEqual({ kind: 'done', output: { lit: true }, calls: [], observations: 1 });
    expect(rig.log).toEqual(['claim 1', 'look', 'result']);
  });

  it('journals its intent before it acts and its result after it has seen the effect', async () => {
    const rig = new LampRig();
    expect(await rig.attempt()).toMatchObject({ kind: 'done', calls: [setLamp], observations: 2 });
    expect(rig.log).toEqual(['claim 1', 'look', 'intent', 'call Set', 'look', 'result']);
    const [intent, result] = rig.journal.records;
    expect(intent).toMatchObject({ executionId: 'ex-1', stepId: 'light', attempt: 1, body: [setLamp] });
    expect(result!.body).toEqual({ output: { lit: true }, calls: [setLamp] });
  });

  it('makes no second call when it is tried again after a crash and finds the effect there', async () => {
    const rig = new LampRig();
    await rig.attempt();
    rig.owner = 2;
    expect(await rig.attempt()).toMatchObject({ kind: 'done', calls: [] });
    expect(rig.log.filter((line) => line === 'call Set')).toHaveLength(1);
  });

  it('acts no more once a newer attempt owns the step', async () => {
    const rig = new LampRig();
    rig.onLook = async () => {
      await rig.journal.claim('ex-1', 'light', 2);
      return rig.lit;
    };
    expect((await failureOf(rig.attempt())).shape.code).toBe('DR_ATTEMPT_SUPERSEDED');
    expect(rig.lit).toBe(false);
    expect(rig.log).not.toContain('call Set');
  });

  it('looks after an answer that never came, and makes no second call when the effect is there', async () => {
    const rig = new LampRig();
    rig.onCall = async () => {
      rig.lit = true;
      throw noAnswer();
    };
    expect(await rig.attempt()).toMatchObject({ kind: 'done', calls: [setLamp] });
    expect(rig.log).toEqual(['claim 1', 'look', 'intent', 'call Set', 'look', 'result']);
  });

  it('tries a call again that had no effect, after a look and not for ever', async () => {
    const rig = new LampRig();
    rig.onCall = async () => {
      throw noAnswer();
    };
    const failure = await failureOf(rig.attempt());
    expect(failure.shape.code).toBe('DR_CALL_FAILED');
    expect(failure.facts).toEqual({ calls: [setLamp], observations: 5 });
    const acts = rig.log.filter((line) => ['look', 'call Set'].includes(line));
    expect(acts).toEqual(Array.from({ length: 5 }, () => ['look', 'call Set']).flat());
    expect(rig.log.at(-1)).toBe('failure');
  });

  it('gives up at once when the provider says no for good', async () => {
    const rig = new LampRig();
    rig.onCall = async () => {
      throw new LifeboatError('DR_CALL_FAILED', 'AccessDenied', { retryable: false });
    };
    expect((await failureOf(rig.attempt())).shape.message).toBe('AccessDenied');
    expect(rig.log.filter((line) => line === 'call Set')).toHaveLength(1);
  });

  it('tells the decision what it did, so that a stale look is not taken for a missing effect', async () => {
    const rig = new LampRig();
    let looks = 0;
    rig.onLook = async () => {
      looks += 1;
      return looks > 3;
    };
    rig.decide = (lit, acted) => (lit ? done({ lit }) : acted ? wait('asked for') : call([setLamp], 'dark'));
    expect(await rig.attempt()).toMatchObject({ kind: 'done', observations: 4 });
    expect(rig.log.filter((line) => line === 'call Set')).toHaveLength(1);
  });

  it('lets nothing through that its decision did not name', async () => {
    const rig = new LampRig();
    rig.act = async (clients, calls) => [
      await clients.execute({ ...calls[0]!, input: { on: true, brightness: 11 } }, rig.cancelled.signal),
    ];
    expect((await failureOf(rig.attempt())).shape.code).toBe('DR_CALL_NOT_DECLARED');
    expect(rig.log).toEqual(['claim 1', 'look', 'intent', 'failure']);
    expect(rig.lit).toBe(false);
  });

  it('journals a refusal as one, makes no call, and fails with its error', async () => {
    const rig = new LampRig();
    rig.decide = () => refuse(errorShape('DR_STANDBY_NOT_READY', 'no bulb', { expected: 'a bulb', actual: null }));
    expect((await failureOf(rig.attempt())).shape).toMatchObject({ code: 'DR_STANDBY_NOT_READY', expected: 'a bulb' });
    expect(rig.log).toEqual(['claim 1', 'look', 'refusal']);
  });

  it('refuses an input that does not fit the contract, naming the field, before it looks', async () => {
    const rig = new LampRig();
    const failure = await failureOf(rig.attempt('live', { input: { lamp: 7 } }));
    expect(failure.shape).toMatchObject({ code: 'DR_INPUT_INVALID', field: 'lamp' });
    expect(rig.log).toEqual(['failure']);
  });

  it('fails as a defect, and journals it, when an output does not fit the contract', async () => {
    const rig = new LampRig();
    rig.decide = () => done({ lit: 'yes' as unknown as boolean });
    expect((await failureOf(rig.attempt())).shape.code).toBe('DR_INTERNAL');
    expect(rig.log.at(-1)).toBe('failure');
  });

  it('does not claim the step when it only looks', async () => {
    const rig = new LampRig();
    rig.lit = true;
    await rig.attempt('live', {}, { ...lampContract, effect: 'observe' });
    expect(rig.log).toEqual(['look', 'result']);
  });
});

describe('an attempt that has to wait', () => {
  it('says what it waits for, and says it again when its time is over', async () => {
    const rig = new LampRig();
    rig.decide = () => wait('the bulb is warming up');
    const failure = await failureOf(rig.attempt('live', { timeoutSeconds: 0.3 }));
    expect(failure.shape).toMatchObject({
      code: 'DR_STEP_TIMED_OUT',
      message: 'light: still waiting after 0.3 s: the bulb is warming up',
    });
    expect(rig.said[0]).toBe('the bulb is warming up');
    expect(rig.log.at(-1)).toBe('failure');
  });

  it('takes its last look when the time is over, not a whole polling delay later', { timeout: 10_000 }, async () => {
    const rig = new LampRig();
    const startedAt = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: startedAt });
    let looks = 0;
    rig.onLook = async () => {
      looks += 1;
      // The polling delay would be 12 s now.
      vi.setSystemTime(startedAt + (looks === 1 ? 599_950 : 600_000));
      return false;
    };
    rig.decide = () => wait('not yet');
    expect((await failureOf(rig.attempt('live', { timeoutSeconds: 600 }))).shape.code).toBe('DR_STEP_TIMED_OUT');
    expect(looks).toBe(2);
  });

  it('has the patience of 30 s with looks that keep failing in a way that may pass', async () => {
    const rig = new LampRig();
    const startedAt = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: startedAt });
    let looks = 0;
    rig.onLook = async () => {
      looks += 1;
      vi.setSystemTime(startedAt + looks * 15_001);
      throw noAnswer();
    };
    const failure = await failureOf(rig.attempt('live', { timeoutSeconds: 900 }));
    expect(failure.shape).toMatchObject({ code: 'DR_CALL_FAILED', message: 'lamp:Set: no answer' });
    expect(looks).toBe(2);
    expect(rig.log.at(-1)).toBe('failure');
  });

  it('goes on through looks that fail in a way that may pass, and says that it cannot see', async () => {
    const rig = new LampRig();
    let looks = 0;
    rig.onLook = async () => {
      looks += 1;
      if (looks < 3) throw noAnswer();
      return true;
    };
    expect(await rig.attempt()).toMatchObject({ kind: 'done', observations: 1 });
    expect(rig.said).toEqual(['cannot see: lamp:Set: no answer', 'cannot see: lamp:Set: no answer']);
  });

  it('ends at once when a look fails for good', async () => {
    const rig = new LampRig();
    rig.onLook = async () => {
      throw new LifeboatError('DR_CALL_FAILED', 'AccessDenied', { retryable: false });
    };
    expect((await failureOf(rig.attempt())).shape.message).toBe('AccessDenied');
    expect(rig.log.filter((line) => line === 'look')).toHaveLength(1);
  });

  it('cuts a look short that hears nothing when the time is over', async () => {
    const rig = new LampRig();
    rig.observe = (_clients, _input, { signal }) =>
      new Promise<boolean>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    expect((await failureOf(rig.attempt('live', { timeoutSeconds: 0.2 }))).shape.code).toBe('DR_STEP_TIMED_OUT');
  });

  it('says that its time is over also when its timer was a little ahead of the clock', async () => {
    const rig = new LampRig();
    rig.observe = (_clients, _input, { signal }) =>
      new Promise<boolean>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    expect((await failureOf(rig.attempt('live', { timeoutSeconds: 0.2 }))).shape.code).toBe('DR_STEP_TIMED_OUT');
  });

  it('ends with the reason of whoever cancels it, and journals no failure', async () => {
    const rig = new LampRig();
    rig.decide = () => wait('not yet');
    const attempt = rig.attempt();
    setTimeout(() => rig.cancelled.abort(new Error('cancelled')), 50);
    await expect(attempt).rejects.toThrow(/cancelled|aborted/);
    expect(rig.log).not.toContain('failure');
  });
});

describe('a dry run', () => {
  it('never acts and journals nothing: it predicts, with the calls it would make', async () => {
    const rig = new LampRig();
    expect(await rig.attempt('dry_run')).toEqual({
      kind: 'predicted',
      why: 'the lamp is dark',
      output: { lit: true },
      calls: [setLamp],
      observations: 1,
    });
    expect(rig.log).toEqual(['look']);
    expect(rig.lit).toBe(false);
  });

  it('says checked when there is nothing to do', async () => {
    const rig = new LampRig();
    rig.lit = true;
    expect(await rig.attempt('dry_run')).toMatchObject({ kind: 'checked', output: { lit: true }, calls: [] });
  });

  it('says that it cannot predict when the decision gives no prediction, and still names the calls', async () => {
    const rig = new LampRig();
    rig.decide = () => call([setLamp], 'dark, and nobody knows the bulb');
    expect(await rig.attempt('dry_run')).toMatchObject({
      kind: 'cannot_be_predicted',
      why: expect.stringContaining('bulb'),
      calls: [setLamp],
    });
  });

  it('names the calls of what it would wait for, and does not wait', async () => {
    const rig = new LampRig();
    rig.decide = () => wait('read only', { lit: true }, [setLamp]);
    expect(await rig.attempt('dry_run')).toMatchObject({ kind: 'predicted', calls: [setLamp] });
    expect(rig.log).toEqual(['look']);
  });

  it('collects a refusal instead of failing', async () => {
    const rig = new LampRig();
    rig.decide = () => refuse(errorShape('DR_STANDBY_NOT_READY', 'no bulb'));
    expect(await rig.attempt('dry_run')).toMatchObject({ kind: 'blocked', error: { code: 'DR_STANDBY_NOT_READY' } });
    expect(rig.log).toEqual(['look']);
  });

  it('does not wait for a look that fails, even if it may pass', async () => {
    const rig = new LampRig();
    rig.onLook = async () => {
      throw noAnswer();
    };
    expect((await failureOf(rig.attempt('dry_run'))).shape.code).toBe('DR_CALL_FAILED');
    expect(rig.log).toEqual(['look']);
  });
});

describe('with the evidence store down', () => {
  it('a live attempt goes on, and says so', async () => {
    const rig = new LampRig();
    rig.journal.down = true;
    expect(await rig.attempt()).toMatchObject({ kind: 'done', calls: [setLamp] });
    expect(rig.said.join()).toContain('evidence store cannot be written');
  });

  it('a drill fails before it acts', async () => {
    const rig = new LampRig();
    rig.journal.down = true;
    expect((await failureOf(rig.attempt('drill'))).shape.code).toBe('DR_LEDGER_UNWRITABLE');
    expect(rig.log).toEqual([]);
  });

  it('a drill whose store goes down while it looks does not act', async () => {
    const rig = new LampRig();
    rig.onLook = async () => {
      rig.journal.down = true;
      return false;
    };
    expect((await failureOf(rig.attempt('drill'))).shape.code).toBe('DR_LEDGER_UNWRITABLE');
    expect(rig.lit).toBe(false);
  });
});
