import { RDSClient } from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import type { AnyImplementation, AttemptContext } from '../../../activities/attempt/implement.ts';
import type { Clients } from '../../../activities/clients/clients.ts';
import { IMPLEMENTATIONS } from '../../../activities/registry.ts';
import type { JsonObject } from '../../../domain/json.ts';
import { planSteps } from '../../../domain/plan.ts';
import type { Finding } from '../../../runbooks/actions/posture/findings.ts';
import { EXAMPLE_SERVICE } from '../../../runbooks/example-service.ts';
import { compilePlan } from '../../../runbooks/language/compile-plan.ts';
import { posture } from '../../../runbooks/posture.ts';
import { OBSERVED_AT } from './a-decision.ts';

const service = {
  ...EXAMPLE_SERVICE,
  schedules: [
    {
      id: 'pitr-restore',
      runbook: 'pitr-restore-drill',
      mode: 'drill' as const,
      parameters: {},
      every: 'quarterly: first Tuesday 09:00 Europe/Paris',
      catchUpHours: 6,
    },
    {
      id: 'posture',
      runbook: 'posture',
      mode: 'drill' as const,
      parameters: {},
      every: 'daily: 07:00 UTC',
      catchUpHours: 6,
    },
  ],
};
const steps = planSteps(compilePlan({ runbook: posture, service, parameters: {} }));
const areas = steps.filter(({ id }) => id !== 'verdict');

/** The world as one that never answers, or that answers everything by an error. */
function world(answer: () => Promise<never>): Clients {
  const aws = () => ({ send: answer });
  const rds = (region: string) =>
    Object.assign(new RDSClient({ region, credentials: { accessKeyId: 'x', secretAccessKey: 'x' } }), { send: answer });
  const asked = ['query', 'deployment', 'disruptionBudgets', 'drillHistory', 'evidenceWritable', 'executionLife'];
  return {
    rds,
    kms: aws,
    s3: aws,
    route53: aws,
    ...Object.fromEntries(asked.map((name) => [name, answer])),
  } as unknown as Clients;
}

/** Everything that every area finds, asked side by side as the runbook does. */
async function lookAround(clients: Clients): Promise<readonly Finding[]> {
  const context = { service, signal: new AbortController().signal } as unknown as AttemptContext;
  const found = await Promise.all(
    areas.map(async (step) => {
      const implementation: AnyImplementation = IMPLEMENTATIONS.find(({ contract }) => contract.id === step.action)!;
      const input = implementation.contract.input.parse(step.input);
      const seen = await implementation.observe(clients, input, context);
      const decision = implementation.decide(input, seen, null, {
        executionId: 'po-1',
        service,
        mode: 'dry_run',
        observedAt: OBSERVED_AT,
      });
      expect(decision).toMatchObject({ kind: 'done' });
      const { output } = decision as unknown as { output: JsonObject };
      implementation.contract.output.parse(output);
      return output['findings'] as unknown as readonly Finding[];
    }),
  );
  return found.flat();
}

describe('a posture', () => {
  it('looks at nine areas side by side, and ends with its verdict', () => {
    expect(areas.map(({ id }) => id).sort()).toEqual(
      ['backups', 'compute', 'dns', 'drills', 'evidence', 'leftovers', 'parameters', 'protection', 'standby'].sort(),
    );
    expect(areas.flatMap(({ after }) => after)).toEqual([]);
    expect(steps.at(-1)).toMatchObject({ id: 'verdict', onFailure: 'abort' });
    expect(new Set(areas.map(({ onFailure }) => onFailure))).toEqual(new Set(['continue']));
    expect(new Set(steps.map(({ effect }) => effect))).toEqual(new Set(['observe']));
  });

  it('holds a drill against the longest time between two runs and how late one may be, and itself against nothing', () => {
    const { schedules } = areas.find(({ id }) => id === 'drills')!.input as unknown as { schedules: JsonObject[] };
    expect(schedules).toHaveLength(1);
    expect(schedules[0]).toMatchObject({ id: 'pitr-restore', currentForSeconds: 98 * 86_400 + 6 * 3_600 });
  });

  it('takes bounded time when nothing answers, and calls nothing fine', async () => {
    const began = performance.now();
    const findings = await lookAround(world(() => new Promise<never>(() => undefined)));
    // Two looks one after the other would take 12 s.
    expect(performance.now() - began).toBeLessThan(11_500);
    expect(findings.filter(({ verdict }) => verdict !== 'unknown')).toEqual([]);
    expect(findings.length).toBeGreaterThan(20);
    for (const finding of findings) expect(finding.what).toContain('no answer in 6 s');
  });

  it('calls nothing fine when everything fails, and says what it was told', async () => {
    const findings = await lookAround(world(() => Promise.reject(new Error('the link is down'))));
    expect(findings.filter(({ verdict }) => verdict !== 'unknown')).toEqual([]);
    for (const finding of findings) expect(finding.what).toContain('the link is down');
  });
});
