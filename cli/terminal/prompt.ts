import { createInterface } from 'node:readline/promises';
import { LifeboatError } from '../../domain/errors.ts';
import type { Terminal } from './terminal.ts';

/**
 * Asks one question on standard error, so that standard output stays data. Ctrl-C and Ctrl-D decline.
 * @throws LifeboatError DR_DECLINED
 */
export async function ask(terminal: Terminal, question: string): Promise<string> {
  const prompt = createInterface({ input: terminal.input, output: terminal.err, terminal: true });
  const declined = new Promise<never>((_, reject) => {
    const decline = (): void => reject(new LifeboatError('DR_DECLINED', 'nobody answered, so nothing was done'));
    prompt.once('SIGINT', decline);
    prompt.once('close', decline);
  });
  try {
    return (await Promise.race([prompt.question(question), declined])).trim();
  } finally {
    declined.catch(() => undefined);
    prompt.close();
  }
}
