import { LineCounter, parseDocument } from 'yaml';
import type { LifeboatError } from '../domain/errors.ts';
import type { Problem } from './problem.ts';

/**
 * YAML 1.2 to plain values. Only code and position of a syntax error are told: the library's own messages quote the
 * text around it, which may hold a secret.
 */
export function parseYaml(text: string, fail: (problems: readonly Problem[]) => LifeboatError): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    throw fail(
      faults.map(({ code, pos: [offset] }) => {
        const { line, col } = lineCounter.linePos(offset);
        return {
          field: `line ${line}, column ${col}`,
          found: `is not YAML (${code.toLowerCase().replaceAll('_', ' ')})`,
          expected: 'YAML 1.2 with each key once',
        };
      }),
    );
  }
  try {
    return document.toJS();
  } catch {
    throw fail([{ field: 'the file', found: 'repeats itself through aliases too often', expected: 'plain YAML' }]);
  }
}
