#!/usr/bin/env node
import { type EnvironmentSettings, environmentSettings } from '../configuration/config.ts';
import { type ErrorShape, shapeOf } from '../domain/errors.ts';
import { reportFailure, runCommandLine } from './run-command-line.ts';

// A reader that has seen enough (`| head`) is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
}

const streams = { out: process.stdout, err: process.stderr, input: process.stdin };
const words = process.argv.slice(2);
const environment = readEnvironment();
const exitCode =
  'code' in environment
    ? reportFailure(environment, words, streams)
    : await runCommandLine(words, {
        ...streams,
        environment,
        now: () => new Date(),
        onInterrupt: (listener) => {
          process.on('SIGINT', listener);
          return () => process.off('SIGINT', listener);
        },
        connect: async (configuration) => (await import('../client/connect.ts')).connectLifeboat(configuration),
      });

function readEnvironment(): EnvironmentSettings | ErrorShape {
  try {
    return environmentSettings();
  } catch (caught) {
    return shapeOf(caught);
  }
}

// Whatever a library left open must not hold the shell; what was written must have left first.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
