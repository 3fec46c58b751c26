import { type Plan, planSteps } from '../../domain/plan.ts';

/** One permission a plan may need, and for what. */
export interface PermittedCall {
  /** Region whose endpoint is called; `control` for what stands in the control place. */
  readonly region: string;
  /** `rds:FailoverGlobalCluster`. */
  readonly permission: string;
  readonly steps: readonly string[];
  /** Needed only if something is undone. */
  readonly undoOnly: boolean;
}

/** Capabilities that stand in one place, whatever region the step is about. */
const PLACE: Readonly<Record<string, string>> = {
  route53: 'us-east-1',
  lease: 'control',
  watch: 'control',
  ledger: 'control',
  temporal: 'control',
  webhook: 'control',
  dns: 'control',
};

/** Every call a plan may make, reads and undos included, by region: what its principals must be allowed. */
export function callsMayMake(plan: Plan): readonly PermittedCall[] {
  const found = new Map<string, PermittedCall>();
  const add = (stepRegion: string, permission: string, step: string, undoOnly: boolean): void => {
    const region = PLACE[permission.split(':')[0] ?? ''] ?? stepRegion;
    const key = `${region} ${permission}`;
    const known = found.get(key);
    const steps = [...new Set([...(known?.steps ?? []), step])];
    found.set(key, { region, permission, steps, undoOnly: undoOnly && (known?.undoOnly ?? true) });
  };
  for (const step of planSteps(plan)) {
    for (const permission of step.permissions) add(step.region, permission, step.id, false);
    for (const permission of step.undo?.permissions ?? []) add(step.region, permission, step.id, true);
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, call]) => call);
}
