import { type Command, CommanderError } from 'commander';
import { ERRORS, type ErrorShape, errorShape, shapeOf } from '../domain/errors.ts';
import { nextAfter } from './next-after.ts';
import { Report } from './output/report.ts';
import { lifeboatProgram } from './program.ts';
import { type GlobalOptions, Session, type SessionParts } from './session.ts';
import type { Input, Output, Terminal } from './terminal/terminal.ts';

/** What a call of the command line is given; tests give their own streams, clock and client. */
export interface Surroundings extends Omit<SessionParts, 'terminal'> {
  readonly out: Output;
  readonly err: Output;
  readonly input: Input;
}

/** Runs one command line and returns its exit code. It never throws: what goes wrong is printed. */
export async function runCommandLine(words: readonly string[], around: Surroundings): Promise<number> {
  let exitCode = 0;
  const program = lifeboatProgram(async (options, work) => {
    exitCode = await inSession(new Session({ ...around, terminal: terminalOf(around, options) }, options), work);
  });
  prepare(program, around);
  try {
    await program.parseAsync([...words], { from: 'user' });
    return exitCode;
  } catch (caught) {
    if (caught instanceof CommanderError && caught.exitCode === 0) return 0;
    const options: GlobalOptions = { json: words.includes('--json') };
    const session = new Session({ ...around, terminal: terminalOf(around, options) }, options);
    return fail(session, caught instanceof CommanderError ? usageError(caught, program, words) : shapeOf(caught));
  }
}

/** Reports what went wrong before there was anything to run. */
export function reportFailure(
  error: ErrorShape,
  words: readonly string[],
  streams: Pick<Terminal, 'out' | 'err' | 'input'>,
): number {
  const terminal: Terminal = { ...streams, colour: false, animated: false, mayAsk: false };
  new Report(terminal, words.includes('--json'), {}).failure(error, []);
  return ERRORS[error.code].exitCode;
}

async function inSession(session: Session, work: (session: Session) => Promise<number>): Promise<number> {
  try {
    return await work(session);
  } catch (caught) {
    return fail(session, shapeOf(caught));
  } finally {
    await session.close();
  }
}

function fail(session: Session, error: ErrorShape): number {
  const { shape, next, ledgerEntry } = nextAfter(error, session);
  session.report.failure(shape, next, { ledgerEntry });
  return ERRORS[error.code].exitCode;
}

function terminalOf(around: Surroundings, options: GlobalOptions): Terminal {
  const { environment } = around;
  return {
    out: around.out,
    err: around.err,
    input: around.input,
    colour: options.color !== false && !environment.noColor && !environment.dumbTerminal,
    animated: !environment.dumbTerminal && !environment.continuousIntegration,
    mayAsk: options.input !== false && options.json !== true && !environment.continuousIntegration,
  };
}

/** Commander throws instead of exiting, and leaves what it has to say to us. */
function prepare(program: Command, around: Surroundings): void {
  const each = (command: Command): void => {
    command.exitOverride().configureOutput({
      writeOut: (text) => around.out.write(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => Math.min(around.out.columns ?? 120, 140),
      getOutHasColors: () => false,
    });
    for (const child of command.commands) each(child);
  };
  each(program);
}

function usageError(caught: CommanderError, program: Command, words: readonly string[]): ErrorShape {
  const named = words.filter((word) => !word.startsWith('-'));
  let command = program;
  for (const word of named) {
    const child = command.commands.find((candidate) => candidate.name() === word);
    if (!child) break;
    command = child;
  }
  const path = [command.name()];
  for (let parent = command.parent; parent; parent = parent.parent) path.unshift(parent.name());
  const children = command.commands.map((child) => child.name());
  const remedy = `${path.join(' ')} --help`;
  if (caught.code === 'commander.help' || (children.length > 0 && caught.code !== 'commander.unknownOption')) {
    const word = named[path.length - 1];
    const message =
      word === undefined
        ? `${path.join(' ')} needs to know which: ${children.join(', ')}`
        : `there is no command '${[...path.slice(1), word].join(' ')}'`;
    const found = word === undefined ? {} : { actual: word };
    return errorShape('DR_USAGE', message, { field: 'command', expected: children, ...found, remedy });
  }
  const message = caught.message.replace(/^error: /, '').replace(/\n/g, ' ');
  return errorShape('DR_USAGE', message, { remedy });
}
