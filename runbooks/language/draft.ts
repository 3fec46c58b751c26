import type { Role } from '../../domain/action.ts';
import type { PlanGate, PlanNode, PlanStep, RunbookHeader } from '../../domain/plan.ts';
import type { Service } from '../../domain/service.ts';
import type { AnyAction, Proof } from './action.ts';
import type { Finding } from './finding.ts';

/** A runbook as built for one service, in the order it was written: what lint reads and the compiler finishes. */
export class Draft {
  readonly header: RunbookHeader;
  readonly service: Service;
  readonly nodes: readonly PlanNode[];
  /** Contracts by action id, undo actions among them. */
  readonly contracts: ReadonlyMap<string, AnyAction>;
  /** What could not even be written down: duplicate ids, inputs that are not JSON. */
  readonly problems: readonly Finding[];

  constructor(draft: {
    readonly header: RunbookHeader;
    readonly service: Service;
    readonly nodes: readonly PlanNode[];
    readonly contracts: ReadonlyMap<string, AnyAction>;
    readonly problems: readonly Finding[];
  }) {
    this.header = draft.header;
    this.service = draft.service;
    this.nodes = draft.nodes;
    this.contracts = draft.contracts;
    this.problems = draft.problems;
  }

  get steps(): readonly PlanStep[] {
    return this.nodes.filter((node) => node.kind === 'step');
  }

  get gates(): readonly PlanGate[] {
    return this.nodes.filter((node) => node.kind === 'gate');
  }

  stepsOf(...roles: readonly Role[]): readonly PlanStep[] {
    return this.steps.filter((step) => roles.includes(step.role));
  }

  /** Everything that has finished when the node begins, near and far. */
  before(node: PlanNode): readonly PlanNode[] {
    const found = new Set<string>();
    const waiting = [...node.after];
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      if (found.has(id)) continue;
      found.add(id);
      waiting.push(...(this.nodes.find((other) => other.id === id)?.after ?? []));
    }
    return this.nodes.filter((other) => found.has(other.id));
  }

  /** Steps that have certainly succeeded when the node begins: conditional and dispensable ones prove nothing. */
  provenBefore(node: PlanNode): readonly PlanStep[] {
    return this.before(node).filter((other) => other.kind === 'step' && !mayEndWithoutOutput(other)) as PlanStep[];
  }

  /** Steps that wait for this node, near and far. */
  stepsAfter(node: PlanNode): readonly PlanStep[] {
    return this.steps.filter((step) => this.before(step).some((other) => other.id === node.id));
  }

  /** Steps that bring something back. Those of the same role that wait for one of them go on with what it brought. */
  get restores(): readonly PlanStep[] {
    const restoring = this.stepsOf('restore');
    return restoring.filter((step) => !this.before(step).some((other) => restoring.some(({ id }) => id === other.id)));
  }

  proves(step: PlanStep, proof: Proof): boolean {
    return this.contracts.get(step.action)?.proves?.includes(proof) ?? false;
  }

  /** Region a step moves something to: the one it addresses, unless its contract says otherwise. */
  targetOf(step: PlanStep): string {
    const field = this.contracts.get(step.action)?.targetRegionField;
    const named = field ? (step.input as Readonly<Record<string, unknown>>)[field] : undefined;
    return typeof named === 'string' ? named : step.region;
  }

  /** Whether the runbook takes the service out of its protected region, which may then be lost. */
  get leavesProtectedRegion(): boolean {
    return this.stepsOf('promote', 'traffic').some((step) => this.targetOf(step) !== this.service.regions.protected);
  }
}

/** Whether two conditions are one: both steps then run, or neither. */
export const sameCondition = (one: PlanStep['when'], other: PlanStep['when']): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** Whether the source may give nothing to this reader. Under one condition it gives its output, or the execution stops for it. */
export const mayLackFor = (reader: Pick<PlanStep, 'when'>, source: Pick<PlanStep, 'when' | 'onFailure'>): boolean =>
  mayEndWithoutOutput(source) && (source.onFailure === 'continue' || !sameCondition(source.when, reader.when));

/** The step may end without an output, so nothing may rest on its having succeeded. */
export const mayEndWithoutOutput = (step: Pick<PlanStep, 'when' | 'onFailure'>): boolean =>
  step.when !== undefined || step.onFailure === 'continue';
