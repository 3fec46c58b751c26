import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const CASES = join(import.meta.dirname, 'reference-cases.ts');
const ROOT = join(import.meta.dirname, '../..');

/** What the compiler says about the cases, with the project's own options. */
function complaints(): readonly string[] {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(ROOT, 'tsconfig.json'),
    { incremental: false },
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
        throw new Error(String(diagnostic.messageText));
      },
    },
  );
  const { tsBuildInfoFile: _, ...options } = config?.options ?? {};
  const program = ts.createProgram([CASES], options);
  return ts
    .getPreEmitDiagnostics(program, program.getSourceFile(CASES))
    .map((diagnostic) => ts.flattenDiagnosticMessageText(diagnostic.messageText, ' '));
}

// A wrong reference that compiled would show as an unused expectation.
test('right references compile, and every wrong one is refused by the compiler', { timeout: 120_000 }, () => {
  expect(complaints()).toEqual([]);
});
