import type { ExecutionSnapshot, StepRecord } from '../domain/execution.ts';
import type { Json } from '../domain/json.ts';
import { planSteps } from '../domain/plan.ts';
import { type Finding, findingSchema } from '../runbooks/actions/posture/findings.ts';

export type PostureWord = 'ready' | 'warnings' | 'unknown' | 'not_ready';

/** What a posture found, worst first, and what that comes to. */
export interface PostureReading {
  readonly word: PostureWord;
  readonly findings: readonly Finding[];
}

/** Reads the areas of a posture. An area that could not be looked at is unknown, and never left out. */
export function readPosture(snapshot: ExecutionSnapshot): PostureReading {
  const areas = snapshot.plan ? planSteps(snapshot.plan).filter(({ action }) => action !== 'posture.verdict') : [];
  const findings = areas
    .flatMap(({ id, why }) => {
      const step = snapshot.steps.find((record) => record.id === id);
      const read = findingsIn(step?.output ?? null);
      return read ?? [notLookedAt(id, why, step)];
    })
    .sort((one, other) => rank(one) - rank(other));
  return { word: wordOf(findings), findings };
}

function findingsIn(output: Json): readonly Finding[] | null {
  const list = typeof output === 'object' && output !== null && 'findings' in output ? output['findings'] : null;
  const read = findingSchema.array().safeParse(list);
  return read.success ? read.data : null;
}

const notLookedAt = (area: string, why: string, step: StepRecord | undefined): Finding => ({
  id: area,
  verdict: 'unknown',
  severity: 'critical',
  what: `${area} was not looked at: ${step?.error?.message ?? step?.because ?? 'nobody says why'}`,
  why,
  remedy: 'See that a worker runs and is the newest one: lifeboat doctor',
});

/** What is wrong before what is not known, and what is critical before either. */
function rank({ verdict, severity }: Finding): number {
  if (verdict === 'fine') return 4;
  return (severity === 'critical' ? 0 : 2) + (verdict === 'finding' ? 0 : 1);
}

function wordOf(findings: readonly Finding[]): PostureWord {
  const worst = Math.min(4, ...findings.map(rank));
  if (findings.length === 0 || worst === 1) return 'unknown';
  return ({ 0: 'not_ready', 2: 'warnings', 3: 'warnings' } as const)[worst] ?? 'ready';
}
