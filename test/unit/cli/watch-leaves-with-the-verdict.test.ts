import { beforeEach, describe, expect, it } from 'vitest';
import { LifeboatError } from '../../../domain/errors.ts';
import type { ExecutionSnapshot } from '../../../domain/execution.ts';
import { call, household } from './command-line.ts';
import { ScriptedClient } from './scripted-client.ts';
import * as story from './story.ts';

let home: Awaited<ReturnType<typeof household>>;
beforeEach(async () => {
  home = await household();
});

describe('status', () => {
  const ended = (outcome: ExecutionSnapshot['outcome']): ExecutionSnapshot => ({ ...story.handedOver, outcome });
  it.each<[string, ExecutionSnapshot, number]>([
    ['done', story.succeeded, 0],
    ['failed', ended('failed'), 1],
    ['aborted', ended('aborted'), 1],
    ['handed over to people', story.handedOver, 1],
    ['interrupted', ended('interrupted'), 1],
    ['denied', story.denied, 3],
    ['blocked', story.blocked, 5],
    ['running', story.promoting, 6],
    ['waiting for approval', story.atTheGate, 7],
    ['waiting for a decision about a failed step', story.promotionFailed, 7],
  ])('of an execution that is %s is its exit code', async (_, snapshot, exitCode) => {
    const client = new ScriptedClient(story.viewOf(snapshot));
    const ran = await call(['status', story.EXECUTION, '--config', home.config, '--json'], { client });
    expect(ran.exitCode).toBe(exitCode);
    expect(ran.lines).toEqual([expect.objectContaining({ lifeboat: 1, type: 'execution', exitCode })]);
    expect(client.closed).toBe(true);
  });

  it('of an id that cannot be one asks no server', async () => {
    const connect = async () => {
      throw new Error('connected');
    };
    const ran = await call(['status', 'FO_1', '--config', home.config], { connect });
    expect(ran.exitCode).toBe(2);
    expect(ran.err).toContain('DR_EXECUTION_UNKNOWN');
  });

  it('names the execution in the command it offers after a refusal', async () => {
    const client = new ScriptedClient(new LifeboatError('DR_STEP_NOT_FAILED', 'it is done'));
    const ran = await call(['status', story.EXECUTION, '--config', home.config], { client });
    expect(ran.err).toContain(`lifeboat status ${story.EXECUTION} --config ${home.config}`);
  });
});

describe('watch', () => {
  const WATCH = ['watch', story.EXECUTION];

  it('piped, writes one line per change, then the end, and leaves with the verdict', async () => {
    const client = new ScriptedClient(
      ...[story.atTheGate, story.promoting, story.succeeded].map((it) => story.viewOf(it)),
    );
    const ran = await call([...WATCH, '--config', home.config], { client });
    expect(ran.exitCode).toBe(0);
    const lines = ran.out.split('\n');
    expect(lines.filter((line) => line.includes('▶ promote-database')).length).toBe(1);
    expect(lines.filter((line) => line.includes('✓ promote-database')).length).toBe(1);
    expect(ran.out).toContain('DONE  booking serves from eu-west-3');
    expect(ran.out).not.toContain(String.fromCharCode(27));
  });

  it('with --json tells the whole state once, then changes, then the end', async () => {
    const client = new ScriptedClient(
      ...[story.atTheGate, story.promoting, story.succeeded].map((it) => story.viewOf(it)),
    );
    const ran = await call([...WATCH, '--config', home.config, '--json'], { client });
    const types = ran.lines.map(({ type }) => type);
    expect(types[0]).toBe('execution');
    expect(types.slice(1, -1).every((type) => type === 'change')).toBe(true);
    expect(types.at(-1)).toBe('ended');
    expect(ran.lines.every(({ lifeboat }) => lifeboat === 1)).toBe(true);
  });

  it('goes on when the server is briefly away, and says so once', async () => {
    const away = new LifeboatError('DR_TEMPORAL_UNREACHABLE', 'Temporal does not answer at 127.0.9.60:7008');
    const client = new ScriptedClient(story.viewOf(story.promoting), away, away, story.viewOf(story.succeeded));
    const ran = await call([...WATCH, '--config', home.config], { client });
    expect(ran.exitCode).toBe(0);
    expect(ran.err.match(/does not answer/g)).toHaveLength(1);
  });

  it('ends at once when nobody ever heard of the execution', async () => {
    const ran = await call([...WATCH, '--config', home.config], { client: new ScriptedClient() });
    expect(ran.exitCode).toBe(2);
    expect(ran.err).toContain('DR_EXECUTION_UNKNOWN');
  });

  it('left by Ctrl-C says that it goes on, how to come back and how to abort, and ends with 130', async () => {
    const client = new ScriptedClient(story.viewOf(story.promoting));
    const ran = await call([...WATCH, '--config', home.config], {
      client,
      interruptible: (press) => setTimeout(press, 50),
    });
    expect(ran.exitCode).toBe(130);
    expect(ran.err).toContain('goes on without you');
    expect(ran.err).toContain(`lifeboat watch ${story.EXECUTION}`);
    expect(ran.err).toContain(`lifeboat abort ${story.EXECUTION}`);
    expect(client.sent).toEqual([]);
  });

  it('left by its time limit ends with 6', async () => {
    const client = new ScriptedClient(story.viewOf(story.promoting));
    const ran = await call([...WATCH, '--config', home.config, '--timeout', '0.1s', '--json'], { client });
    expect(ran.exitCode).toBe(6);
    expect(ran.lines.at(-1)).toMatchObject({ type: 'detached', because: 'timed_out' });
  });

  it('on a terminal redraws the board in place and leaves only the end', async () => {
    const client = new ScriptedClient(story.viewOf(story.promoting), story.viewOf(story.succeeded));
    const ran = await call([...WATCH, '--config', home.config], { client, screen: { columns: 80, rows: 24 } });
    expect(ran.out).toContain('▶');
    expect(ran.out).toContain(`${String.fromCharCode(27)}[2K`);
    expect(ran.out.lastIndexOf('DONE')).toBeGreaterThan(ran.out.lastIndexOf('▶'));
  });

  it('on a dumb terminal moves no cursor', async () => {
    const client = new ScriptedClient(story.viewOf(story.promoting), story.viewOf(story.succeeded));
    const ran = await call([...WATCH, '--config', home.config], {
      client,
      screen: { columns: 80, rows: 24 },
      environment: { TERM: 'dumb' },
    });
    expect(ran.out).not.toContain(String.fromCharCode(27));
  });
});

describe('colours', () => {
  const ESCAPE = String.fromCharCode(27);
  const screen = { columns: 80, rows: 24 };
  it.each([
    ['on a terminal', [], {}, true],
    ['with NO_COLOR', [], { NO_COLOR: '1' }, false],
    ['with --no-color', ['--no-color'], {}, false],
    ['with TERM=dumb', [], { TERM: 'dumb' }, false],
  ])('%s', async (_, words, environment, coloured) => {
    const client = new ScriptedClient(story.viewOf(story.succeeded));
    const call_ = ['status', story.EXECUTION, '--config', home.config, ...words];
    const ran = await call(call_, { client, screen, environment });
    expect(ran.out.includes(ESCAPE)).toBe(coloured);
  });

  it('of one stream do not depend on the other', async () => {
    const ran = await call(['status', 'FO_1', '--config', home.config], { screen });
    expect(ran.err).toContain('DR_EXECUTION_UNKNOWN');
    expect(ran.err).not.toContain(ESCAPE);
  });
});
