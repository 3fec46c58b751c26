import type { Json } from '../../domain/json.ts';
import type { ActionUse, Bound, PlanGate, PlanNode, PlanStep, Reference, RunbookHeader } from '../../domain/plan.ts';
import type { Service } from '../../domain/service.ts';
import type { AnyAction } from './action.ts';
import { Draft, mayLackFor } from './draft.ts';
import type { Finding } from './finding.ts';
import type { BoundDeclaration, DeclareGate, GateOptions } from './gate.ts';
import { inputData } from './input-data.ts';
import { EXECUTION, makeReference, referenceOf, referencesIn } from './reference.ts';
import type { Runbook } from './runbook.ts';
import type { ConditionalStep, DeclareStep, DispensableStep, StepHandle, UndoUse } from './step.ts';

type AnyOptions = ConditionalStep<unknown> | DispensableStep<unknown>;

/** Runs a runbook's `build` and writes down what it declares. Judges nothing beyond what cannot be written down. */
export function buildDraft(runbook: Runbook, service: Service, params: unknown): Draft {
  const recorder = new Recorder();
  runbook.build({
    service,
    params,
    step: recorder.step,
    gate: recorder.gate,
    execution: { id: makeReference<string>(EXECUTION, 'id'), outcome: makeReference<string>(EXECUTION, 'outcome') },
  });
  return recorder.draft(headerOf(runbook), service);
}

class Recorder {
  readonly #nodes: PlanNode[] = [];
  readonly #contracts = new Map<string, AnyAction>();
  readonly #problems: Finding[] = [];

  readonly step: DeclareStep = (id: string, action: AnyAction, input: unknown, options: AnyOptions) => {
    this.#refuseDuplicate(id);
    const handle = { id, out: makeReference(id) } as StepHandle<never, undefined>;
    const use = this.#use(id, action, input);
    const declaredUndo: UndoUse | undefined =
      typeof options.undo === 'function' ? options.undo(makeReference(id)) : options.undo;
    const undo = declaredUndo && this.#use(id, declaredUndo.action, declaredUndo.input);
    const when = options.when && (referenceOf(options.when) ?? undefined);
    const sources = [...sourcesOf(use.input), ...sourcesOf(undo?.input).filter((source) => source !== id)];
    const after = [...sources, ...(when ? [when.$ref[0]] : []), ...(options.after ?? []).map((other) => other.id)];
    this.#nodes.push({
      ...use,
      kind: 'step',
      id,
      why: options.why,
      after: sortedSet(after),
      reads: sortedSet(sources),
      ...(options.marks && { marks: options.marks }),
      prepare: options.prepare ?? false,
      always: options.always ?? false,
      ...(undo && { undo }),
      ...(options.withoutUndo !== undefined && { withoutUndo: options.withoutUndo }),
      ...(when && { when }),
      onFailure: options.onFailure ?? 'ask',
      timeoutSeconds: options.timeoutSeconds ?? action.timeoutSeconds,
      ...(options.expectSeconds !== undefined && { expectSeconds: options.expectSeconds }),
      ...(options.manual !== undefined && { manual: options.manual }),
      region: regionIn(action, use.input),
    });
    return handle;
  };

  readonly gate: DeclareGate = (id, options) => {
    this.#refuseDuplicate(id);
    const { why, roles, quorum } = options;
    const shows = options.shows.map((step) => step.id);
    const bounds = (options.bounds ?? []).map(boundData);
    this.#nodes.push({ kind: 'gate', id, why, after: afterGate(options, bounds), shows, roles, quorum, bounds });
    return { id };
  };

  draft(header: RunbookHeader, service: Service): Draft {
    const steps = new Map(this.#nodes.flatMap((node) => (node.kind === 'step' ? [[node.id, node] as const] : [])));
    const mayLack = (reader: PlanStep, id: string): boolean => {
      const source = steps.get(id);
      return source !== undefined && mayLackFor(reader, source);
    };
    const nodes = this.#nodes.map((node) =>
      node.kind === 'step' ? { ...node, reads: node.reads.filter((id) => !mayLack(node, id)) } : node,
    );
    return new Draft({ header, service, nodes, contracts: this.#contracts, problems: this.#problems });
  }

  #refuseDuplicate(id: string): void {
    if (this.#nodes.some((node) => node.id === id)) {
      this.#problems.push({ rule: 'unique-ids', node: id, says: 'another step or gate has this id' });
    }
  }

  #use(stepId: string, action: AnyAction, input: unknown): ActionUse {
    this.#contracts.set(action.id, action);
    const { title, role, effect, drill, permissions } = action;
    return { action: action.id, title, role, effect, drill, permissions, input: this.#data(stepId, input) };
  }

  #data(stepId: string, input: unknown): Json {
    try {
      return inputData(input);
    } catch (caught) {
      if (!(caught instanceof TypeError)) throw caught;
      this.#problems.push({ rule: 'input-is-json', node: stepId, says: caught.message });
      return {};
    }
  }
}

function headerOf(runbook: Runbook): RunbookHeader {
  const { id, version, title, workflow, exclusive, owner, severity, whenNotToUse, triggers, pointOfNoReturn } = runbook;
  return { id, version, title, workflow, exclusive, owner, severity, whenNotToUse, triggers, pointOfNoReturn };
}

function boundData(bound: BoundDeclaration): Bound {
  const { fact, ...words } = bound;
  return { ...words, fact: referenceOf(fact) as Reference };
}

const afterGate = (options: GateOptions, bounds: readonly Bound[]): PlanGate['after'] =>
  sortedSet([
    ...options.shows.map((step) => step.id),
    ...bounds.map((bound) => bound.fact.$ref[0]),
    ...(options.after ?? []).map((other) => other.id),
  ]);

const sourcesOf = (input: Json | undefined): readonly string[] =>
  referencesIn(input).map(({ reference }) => reference.$ref[0]);

/** Region in the input, or `control`; `''` when the field holds a reference, which lint refuses. */
export function regionIn(action: AnyAction, input: Json): PlanStep['region'] {
  if (!action.regionField) return 'control';
  const region = (input as Readonly<Record<string, Json>>)[action.regionField];
  return typeof region === 'string' ? region : '';
}

const sortedSet = (ids: readonly string[]): readonly string[] =>
  [...new Set(ids)].filter((id) => id !== EXECUTION).sort();
