import { z } from 'zod';
import { EXAMPLE_SERVICE } from '../../../runbooks/example-service.ts';
import { lintRunbook } from '../../../runbooks/language/lint-runbook.ts';
import type { BuildTools, Runbook } from '../../../runbooks/language/runbook.ts';
import { defineRunbook } from '../../../runbooks/language/runbook.ts';

const parameters = z.object({ to: z.string(), count: z.int().min(1).default(1) });

export type ToyTools = BuildTools<z.output<typeof parameters>>;

export const toyRunbook = (build: (tools: ToyTools) => void): Runbook =>
  defineRunbook({
    id: 'toy',
    version: 1,
    title: 'A runbook for tests',
    workflow: 'toy',
    exclusive: 'service',
    owner: 'nobody',
    severity: 'none',
    whenNotToUse: [],
    triggers: [],
    pointOfNoReturn: 'none',
    parameters,
    example: (service) => ({ to: service.regions.recovery }),
    build,
  });

/** Ids of the rules a runbook breaks, each once. */
export const brokenRules = (build: (tools: ToyTools) => void): readonly string[] => [
  ...new Set(lintRunbook(toyRunbook(build), EXAMPLE_SERVICE).map((finding) => finding.rule)),
];

/** Why the steps of tests are there. */
export const why = 'a test wants it';
/** The region lost, and the one that stays. */
export const lost = { region: EXAMPLE_SERVICE.regions.protected };
export const kept = { region: EXAMPLE_SERVICE.regions.recovery };
