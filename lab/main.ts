/** `lab`: three places on one machine, brought up, broken, looked at and taken down. */
import { spawn } from 'node:child_process';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { ERRORS, LifeboatError, shapeOf } from '../domain/errors.ts';
import { labSurroundings } from './config.ts';
import { examine } from './doctor.ts';
import { addFaultCommands } from './fault-commands.ts';
import { LabHandle, type LabOptions, programDir, startLab, takeDown } from './lab-handle.ts';
import { doctorScreen, statusScreen, upScreen } from './screens.ts';
import { shellLines } from './shell-environment.ts';
import type { FaultRecord } from './supervisor/fault.ts';
import { OPTIONAL_PARTS } from './supervisor/settings.ts';

interface Global {
  readonly dir: string;
}

interface UpOptions {
  readonly basePort?: number;
  readonly lagMs: number;
  readonly writers: string;
  readonly standby: boolean;
  readonly without?: LabOptions['without'];
}

const surroundings = labSurroundings();
const print = (text: string): void => void process.stdout.write(`${text}\n`);
const tell = (text: string): void => void process.stderr.write(`${text}\n`);
const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError(`'${text}' is no number.`);
  return value;
}

const program = new Command('lab')
  .description('Rehearsal environment: real parts, three places, one machine. Not AWS.')
  .option('--dir <folder>', 'where the lab keeps its state', surroundings.dir)
  .showHelpAfterError()
  .exitOverride();
const dir = (): string => program.opts<Global>().dir;

program
  .command('up')
  .description('bring everything up and wait until all of it is')
  .option('--base-port <port>', 'first of the 100 ports it takes on each address; found by itself if absent', number)
  .option('--lag-ms <ms>', 'replication delay from the start', number, 0)
  .addOption(
    new Option('--writers <how>', 'whether the booking service keeps to its write lease')
      .choices(['honour-lease', 'ignore-lease'])
      .default('honour-lease'),
  )
  .option('--no-standby', 'no database in the recovery region: only a restore brings the service back')
  .addOption(new Option('--without <part...>', 'leave out what a test does not need').choices(OPTIONAL_PARTS))
  .action(async (options: UpOptions) => {
    const lab = await startLab({
      dir: dir(),
      standby: options.standby,
      ...(options.basePort === undefined ? {} : { basePort: options.basePort }),
      lagMs: options.lagMs,
      writers: options.writers === 'ignore-lease' ? 'ignore_lease' : 'honour_lease',
      without: options.without ?? [],
      boundToParent: false,
      onProgress: tell,
    });
    print(upScreen(await lab.status()));
  });

program
  .command('down')
  .description('end everything, also what a killed lab left running')
  .action(async () => {
    const leftovers = await takeDown(dir());
    for (const leftover of leftovers) print(`ended what was left running: ${leftover}`);
    print(`LAB DOWN   ${dir()}`);
  });

program
  .command('status')
  .description('what runs, where, and which faults are in force')
  .option('--json', 'everything, for programs')
  .action(async (options: { json?: boolean }) => {
    const status = await LabHandle.find(dir()).status();
    if (options.json) printJson(status);
    else print(statusScreen(status));
  });

program
  .command('env')
  .description('what a shell needs to use lifeboat and aws here: eval "$(lab env)"')
  .action(async () => print(shellLines(await LabHandle.find(dir()).status(), programDir()).join('\n')));

program
  .command('heal')
  .description('end all faults; what was killed stays dead')
  .action(async () => report(await LabHandle.find(dir()).heal()));

program
  .command('logs <part>')
  .description('print the log of a part')
  .option('-f, --follow', 'go on as it grows')
  .option('-n, --lines <count>', 'last lines to show', number, 200)
  .action(async (name: string, options: { follow?: boolean; lines: number }) => {
    const { log } = await LabHandle.find(dir()).part(name).status();
    const args = ['-n', String(options.lines), ...(options.follow ? ['-f'] : []), log];
    const tail = spawn('tail', args, { stdio: ['ignore', 'inherit', 'inherit'] });
    await new Promise((resolve) => tail.once('close', resolve));
  });

for (const [order, says] of [
  ['start', 'start a part that ended'],
  ['stop', 'end a part in order'],
  ['kill', 'kill a part with -9'],
  ['thaw', 'let a frozen part go on'],
] as const) {
  program
    .command(`${order} <part>`)
    .description(says)
    .action(async (name: string) => {
      const part = await LabHandle.find(dir()).part(name)[order]();
      print(
        `${part.name}: ${part.state}${part.pid === null ? '' : `, pid ${part.pid}`}${part.note ? `, ${part.note}` : ''}`,
      );
    });
}

program
  .command('doctor')
  .description('what is missing on this machine, and how to get it')
  .option('--json', 'for programs')
  .action(async (options: { json?: boolean }) => {
    const findings = await examine(surroundings, dir());
    if (options.json) printJson(findings);
    else print(doctorScreen(findings));
    if (findings.some((finding) => finding.verdict === 'missing')) process.exitCode = 5;
  });

addFaultCommands(program, {
  bring: async (fault) => report(await LabHandle.find(dir()).fault(fault)),
  number,
});

function report(record: FaultRecord): void {
  print(`${record.at}   ${record.says.join('\n                           ')}`);
}

try {
  await program.parseAsync();
} catch (caught) {
  if (caught instanceof CommanderError) process.exitCode = caught.exitCode === 0 ? 0 : ERRORS.DR_USAGE.exitCode;
  else {
    const { code, message, remedy } = shapeOf(caught);
    tell(`${message} (${code})\n  → ${remedy}`);
    process.exitCode = ERRORS[code].exitCode;
    if (!(caught instanceof LifeboatError)) tell((caught as Error).stack ?? '');
  }
}
