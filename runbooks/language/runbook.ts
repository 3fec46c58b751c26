import type { z } from 'zod';
import type { Json } from '../../domain/json.ts';
import type { RunbookHeader } from '../../domain/plan.ts';
import type { Service } from '../../domain/service.ts';
import type { DeclareGate } from './gate.ts';
import type { Ref } from './reference.ts';
import type { DeclareStep } from './step.ts';

/** What a runbook's `build` works with. It sees the configuration and the parameters, never live state. */
export interface BuildTools<Parameters> {
  readonly service: Service;
  readonly params: Parameters;
  readonly step: DeclareStep;
  readonly gate: DeclareGate;
  /** What the execution will be called, and how it ends: known to its steps, not to the plan. */
  readonly execution: {
    readonly id: Ref<string>;
    /** How it ended. Only steps that always run may read it: before them it is not known. */
    readonly outcome: Ref<string>;
  };
}

interface RunbookSource<Shape extends z.ZodObject> extends RunbookHeader {
  readonly parameters: Shape;
  /** Parameters somebody would use for this service: for lint, and for the generated page. */
  example(service: Service): z.input<Shape>;
  /** Declares steps and gates. Ordinary TypeScript, run when a plan is compiled; no clock, no chance, no I/O. */
  build(tools: BuildTools<z.output<Shape>>): void;
}

/** A runbook with the types of its parameters forgotten, as the registry holds it. */
export interface Runbook extends RunbookHeader {
  readonly parameters: z.ZodObject;
  example(service: Service): Readonly<Record<string, Json>>;
  // biome-ignore lint/suspicious/noExplicitAny: parameters are parsed by the runbook's own schema before build sees them.
  build(tools: BuildTools<any>): void;
}

/** Declares a runbook; the types of its parameters come from their schema. */
export function defineRunbook<Shape extends z.ZodObject>(source: RunbookSource<Shape>): Runbook {
  return Object.freeze(source) as Runbook;
}
