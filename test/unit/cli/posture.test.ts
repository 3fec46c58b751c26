import { describe, expect, it } from 'vitest';
import { readPosture } from '../../../cli/posture-reading.ts';
import { errorShape } from '../../../domain/errors.ts';
import type { ExecutionRequest, ExecutionSnapshot } from '../../../domain/execution.ts';
import { call, household } from './command-line.ts';
import { ScriptedClient } from './scripted-client.ts';
import { postureBad, postureFine } from './story-posture.ts';

async function posture(answer: ExecutionSnapshot, ...words: string[]) {
  const home = await household();
  const client = new ScriptedClient();
  client.dryRunAnswer = answer;
  const ran = await call(['posture', ...words, ...home.as(home.oncall)], { client });
  return { ran, asked: client.sent.map(([, request]) => request as ExecutionRequest) };
}

describe('lifeboat posture', () => {
  it('looks by a dry run of every service, which changes nothing and needs no signature', async () => {
    const { asked } = await posture(postureFine);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ runbook: 'posture', service: 'booking', mode: 'dry_run', signed: null });
    expect(asked[0]!.executionId).toMatch(/^po-/);
  });

  it('exits 0 only when all is fine, and the last line is the verdict', async () => {
    const fine = await posture(postureFine, '--service', 'booking');
    expect(fine.ran.exitCode).toBe(0);
    expect(fine.ran.out.trimEnd().split('\n').at(-1)).toMatch(/^verdict\s+READY {3}9 fine$/);
    const bad = await posture(postureBad);
    expect(bad.ran.exitCode).toBe(5);
    expect(bad.ran.out.trimEnd().split('\n').at(-1)).toMatch(
      /^verdict\s+NOT READY {3}1 critical · 1 to mend · 3 unknown · 9 fine$/,
    );
  });

  it('tells the worst first: what, why it matters, what to do', async () => {
    const { out } = (await posture(postureBad)).ran;
    const order = [
      '✗ critical   eu-west-3 holds no copy',
      '  why        When the region and its backups are both gone',
      'lifeboat start snapshot-copy --service booking',
      '? critical   how far the standby is behind',
      '! warning    booking-ew1 has 1 available instance',
      '? warning    whether a budget keeps booking',
      '✓ fine',
      'verdict',
    ];
    const positions = order.map((words) => out.indexOf(words));
    expect(positions.every((position) => position >= 0)).toBe(true);
    expect([...positions].sort((one, other) => one - other)).toEqual(positions);
  });

  it('tells of a region that is gone once, with all that is unknown for it', async () => {
    const silent = (id: string, about: string) => ({
      id,
      verdict: 'unknown',
      severity: 'critical',
      what: `${about}: unknown, RDS in eu-west-1: no answer in 6 s`,
      why: 'It matters.',
      remedy: 'Find out why nothing answers there, then look again.',
    });
    const findings = [
      silent('backups:on', 'whether backups are on'),
      silent('backups:retention', 'how long they are kept'),
    ];
    const steps = postureBad.steps.map((step) =>
      step.id === 'backups' ? { ...step, output: { findings, lookedAt: '2026-11-21T07:00:02.000Z' } } : step,
    );
    const { out } = (await posture({ ...postureBad, steps })).ran;
    expect(out.match(/no answer in 6 s/g)).toHaveLength(1);
    expect(out).toContain('? critical   unknown, RDS in eu-west-1: no answer in 6 s:');
    expect(out).toContain('– whether backups are on (backups:on)');
    expect(out).toContain('– how long they are kept (backups:retention)');
    expect(out.match(/Find out why nothing answers there/g)).toHaveLength(2);
  });

  it('gives programs one line per service, with every finding', async () => {
    const { lines, exitCode } = (await posture(postureBad, '--json')).ran;
    expect(exitCode).toBe(5);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ type: 'posture', service: 'booking', verdict: 'not_ready', exitCode: 5 });
    const findings = lines[0]!['findings'] as { id: string; verdict: string }[];
    expect(findings.filter(({ verdict }) => verdict === 'unknown').map(({ id }) => id)).toContain('drills');
  });

  it('fails as any command does when no plan could be made', async () => {
    const error = errorShape('DR_RUNBOOK_UNKNOWN', 'there is no runbook posture');
    const { exitCode, err } = (await posture({ ...postureBad, plan: null, outcome: 'refused', error })).ran;
    expect(exitCode).toBe(2);
    expect(err).toContain('DR_RUNBOOK_UNKNOWN');
  });

  it('refuses a service that is not declared', async () => {
    const { exitCode, err } = (await posture(postureFine, '--service', 'nobody')).ran;
    expect(exitCode).toBe(2);
    expect(err).toContain('DR_SERVICE_UNKNOWN');
  });
});

describe('reading a posture', () => {
  const without = (verdict: string, severity: string): ExecutionSnapshot => ({
    ...postureBad,
    steps: postureBad.steps.map((step) => {
      const output = step.output as unknown as { findings?: { verdict: string; severity: string }[] } | null;
      if (!output?.findings) return { ...step, output: { findings: [], lookedAt: '2026-11-21T07:00:02.000Z' } };
      const findings = output.findings.filter(
        (one) => one.verdict === 'fine' || (one.verdict === verdict && one.severity === severity),
      );
      return { ...step, output: { ...output, findings } as never };
    }),
  });

  it.each([
    ['finding', 'critical', 'not_ready'],
    ['unknown', 'critical', 'unknown'],
    ['finding', 'warning', 'warnings'],
    ['unknown', 'warning', 'warnings'],
  ])('calls a %s that is %s by its word', (verdict, severity, word) => {
    expect(readPosture(without(verdict, severity)).word).toBe(word);
  });

  it('never calls nothing at all fine', () => {
    expect(readPosture({ ...postureBad, plan: null }).word).toBe('unknown');
  });
});
