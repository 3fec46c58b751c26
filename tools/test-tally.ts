import { writeFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';

/** Names the file that the tally is written to. */
export const TALLY_VARIABLE = 'LIFEBOAT_TEST_TALLY';

/** What a run of the tests came to. */
export interface TestTally {
  readonly passed: number;
  /** Failed tests, and everything that kept tests from running: files that do not load, failed hooks, stray errors. */
  readonly failed: number;
  readonly skipped: readonly { readonly test: string; readonly reason: string }[];
}

/** A Vitest reporter: its own JSON report leaves out why a test was skipped, failed hooks, and errors outside tests. */
export default class TallyReporter implements Reporter {
  #chosenByTitle = false;

  onInit(vitest: Vitest): void {
    this.#chosenByTitle = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[], strayErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state: string) => tests.filter((test) => test.result().state === state);
    const groups = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const tally: TestTally = {
      passed: inState('passed').length,
      failed:
        inState('failed').length + groups.filter((group) => group.errors().length > 0).length + strayErrors.length,
      skipped: [...inState('skipped'), ...inState('pending')]
        .map((test) => ({ test: `${test.module.relativeModuleId} > ${test.fullName}`, reason: this.#reasonOf(test) }))
        .flatMap(({ test, reason }) => (reason === null ? [] : [{ test, reason }])),
    };
    const path = process.env[TALLY_VARIABLE];
    if (path) writeFileSync(path, JSON.stringify(tally));
  }

  /** `null` when whoever ran the tests chose others by their titles. */
  #reasonOf(test: TestCase): string | null {
    const result = test.result();
    if (result.state === 'skipped' && result.note) return result.note;
    if (test.options.mode === 'todo') return 'it is not written yet';
    if (test.options.mode === 'skip') return this.#chosenByTitle ? null : 'it is marked so, without a reason';
    return 'it never ran: a hook before it failed, or the run was cut short';
  }
}
