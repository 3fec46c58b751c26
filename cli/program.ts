import { Command } from 'commander';
import type { GlobalOptions, Session } from './session.ts';

/** Runs one command in a session that `run` makes from the options given. */
export type RunCommand = (options: GlobalOptions, work: (session: Session) => Promise<number>) => Promise<void>;

const EXAMPLES = `Examples:
  lifeboat                                                      what is wrong, and what next
  lifeboat plan region-failover --service booking --to eu-west-3        what it would do; changes nothing
  lifeboat start region-failover --service booking --to eu-west-3 --purpose incident --reason "INC-2211"
  lifeboat approve fo-20261121-0316-k3ab --gate approve-promotion
`;

const EXIT_CODES = `
Exit codes: 0 done · 1 failed · 2 usage · 3 declined by a person · 4 identity · 5 blocked · 6 still running ·
            7 waiting for people · 130 stopped watching
`;

const several = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** The whole command line at one glance. What a command does is loaded only when it is called. */
export function lifeboatProgram(run: RunCommand): Command {
  const program = new Command('lifeboat')
    .description('Moves a service to another region, as a durable, approved and recorded execution.')
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', EXIT_CODES)
    .option('--config <file>', 'YAML configuration (else LIFEBOAT_CONFIG)')
    .option('--identity <file>', 'private key to sign with (else LIFEBOAT_IDENTITY)')
    .option('--json', 'one JSON object per line, for programs')
    .option('--no-color', 'no colours (as NO_COLOR)')
    .option('--no-input', 'ask nothing')
    .configureHelp({ showGlobalOptions: true })
    .helpCommand(false)
    .action((_, command: Command) =>
      go(command, async (session) => (await import('./commands/home.ts')).home(session)),
    );

  const go = (command: Command, work: (session: Session) => Promise<number>): Promise<void> =>
    run(command.optsWithGlobals<GlobalOptions>(), work);

  identityCommands(program, go);
  startingCommands(program, go);
  watchingCommands(program, go);
  decidingCommands(program, go);
  drillCommands(program, go);
  inspectingCommands(program, go);
  return program;
}

type Go = (command: Command, work: (session: Session) => Promise<number>) => Promise<void>;

function identityCommands(program: Command, go: Go): void {
  const identity = program.command('identity').description('keys that people sign with');
  identity
    .command('new <name>')
    .description('make a key pair; prints the line for the configuration')
    .action((name: string, _, command: Command) =>
      go(command, async (session) => (await import('./commands/identity-new.ts')).identityNew(session, name)),
    );
}

function startingCommands(program: Command, go: Go): void {
  program
    .command('plan <runbook>')
    .description('dry run: what it would do now; changes nothing (exit 0 ready, 5 blocked)')
    .requiredOption('--service <name>', 'service of the configuration')
    .option('--to <region>', 'region to move to')
    .option('--param <key=value>', 'another parameter; may be repeated', several, [])
    .action((runbook: string, options, command: Command) =>
      go(command, async (session) => (await import('./commands/plan.ts')).plan(session, runbook, options)),
    );
  program
    .command('start <runbook>')
    .description('start it for real, signed with your key; another person approves later')
    .requiredOption('--service <name>', 'service of the configuration')
    .option('--to <region>', 'region to move to')
    .option('--param <key=value>', 'another parameter; may be repeated', several, [])
    .option('--purpose <why>', 'incident, exercise, maintenance or scheduled')
    .option('--reason <text>', 'in your words, for the record')
    .option('--plan <digest>', 'the plan you were shown; another one is refused')
    .option('--confirm <service>', 'the service’s name, instead of typing it when asked')
    .option('--watch', 'stay and watch (default on a terminal)')
    .option('--detach', 'return at once (default elsewhere)')
    .option('--drill', 'drill mode: changes only what it makes itself; needs no confirmation')
    .option('--dry-run', 'the same as plan')
    .action((runbook: string, options, command: Command) =>
      go(command, async (session) =>
        options.dryRun
          ? (await import('./commands/plan.ts')).plan(session, runbook, options)
          : (await import('./commands/start.ts')).start(session, runbook, options),
      ),
    );
}

function watchingCommands(program: Command, go: Go): void {
  program
    .command('watch <execution>')
    .description('follow it to its end; Ctrl-C leaves it running')
    .option('--timeout <time>', 'stop watching after 90s, 10m, 2h (exit 6)')
    .action((execution: string, options, command: Command) =>
      go(command, async (session) => (await import('./commands/watch.ts')).watch(session, execution, options)),
    );
  program
    .command('status <execution>')
    .description('how it stands; the exit code is the verdict')
    .action((execution: string, _, command: Command) =>
      go(command, async (session) => (await import('./commands/status.ts')).status(session, execution)),
    );
}

function decidingCommands(program: Command, go: Go): void {
  for (const decision of ['approve', 'deny'] as const) {
    program
      .command(`${decision} <execution>`)
      .description(decision === 'approve' ? 'sign what a gate shows' : 'refuse what a gate shows; ends the execution')
      .option('--gate <gate>', 'which gate (else the only open one)')
      .option('--accept <bound>', 'accept that this bound’s value is unknown; may be repeated', several, [])
      .option('--reason <text>', 'in your words, for the record')
      .option('--yes', 'do not ask; you have read it')
      .option('--as <person>', 'who you say you are (else who the key belongs to)')
      .action((execution: string, options, command: Command) =>
        go(command, async (session) =>
          (await import('./commands/decide.ts')).decide(session, decision, execution, options),
        ),
      );
  }
  for (const [steering, says] of [
    ['pause', 'start nothing new; what is in flight finishes'],
    ['resume', 'go on after a pause'],
  ] as const) {
    program
      .command(`${steering} <execution>`)
      .description(says)
      .option('--reason <text>', 'in your words')
      .action((execution: string, options, command: Command) =>
        go(command, async (session) =>
          (await import('./commands/steer.ts')).steer(session, steering, execution, null, options),
        ),
      );
  }
  program
    .command('retry <execution> <step>')
    .description('try a failed step again; for a gate, read its facts again')
    .option('--reason <text>', 'in your words')
    .action((execution: string, step: string, options, command: Command) =>
      go(command, async (session) =>
        (await import('./commands/steer.ts')).steer(session, 'retry', execution, step, options),
      ),
    );
  endingCommands(program, go);
}

function endingCommands(program: Command, go: Go): void {
  program
    .command('skip <execution> <step>')
    .description('go on without a failed step, signed')
    .option('--reason <text>', 'in your words, for the record')
    .option('--yes', 'do not ask')
    .option('--as <person>', 'who you say you are (else who the key belongs to)')
    .action((execution: string, step: string, options, command: Command) =>
      go(command, async (session) =>
        (await import('./commands/end-step.ts')).endStep(session, execution, step, options),
      ),
    );
  program
    .command('abort <execution>')
    .description('start nothing new and undo what can be undone, signed')
    .option('--reason <text>', 'in your words, for the record')
    .option('--yes', 'do not ask')
    .option('--as <person>', 'who you say you are (else who the key belongs to)')
    .action((execution: string, options, command: Command) =>
      go(command, async (session) =>
        (await import('./commands/end-step.ts')).endStep(session, execution, null, options),
      ),
    );
}

function drillCommands(program: Command, go: Go): void {
  const drill = program.command('drill').description('what runs by itself: drills, copies, checks');
  const service = ['--service <name>', 'service of the configuration'] as const;
  drill
    .command('ls')
    .description('every schedule: last result, next date, and why one cannot rely on it')
    .option(...service)
    .action((options, command: Command) =>
      go(command, async (session) => (await import('./commands/drill-list.ts')).drillList(session, options)),
    );
  drill
    .command('next [schedule]')
    .description('when it runs next, as Temporal says')
    .option(...service)
    .option('--count <number>', 'how many dates (8 when no --until)')
    .option('--until <day>', 'up to this day, like 2027-06-30')
    .action((schedule: string | undefined, options, command: Command) =>
      go(command, async (session) => (await import('./commands/drill-next.ts')).drillNext(session, schedule, options)),
    );
  drill
    .command('run <schedule>')
    .description('start it now, instead of waiting for its day')
    .option(...service)
    .option('--watch', 'stay and watch (default on a terminal)')
    .option('--detach', 'return at once (default elsewhere)')
    .action((schedule: string, options, command: Command) =>
      go(command, async (session) => (await import('./commands/drill-run.ts')).drillRun(session, schedule, options)),
    );
  for (const [steering, says] of [
    ['pause', 'let it not run by itself'],
    ['resume', 'let it run by itself again'],
  ] as const) {
    drill
      .command(`${steering} <schedule>`)
      .description(says)
      .option(...service)
      .option('--reason <text>', 'in your words')
      .action((schedule: string, options, command: Command) =>
        go(command, async (session) =>
          (await import('./commands/drill-steer.ts')).drillSteer(session, steering, schedule, options),
        ),
      );
  }
  drill
    .command('trend [schedule]')
    .description('how long each took against its target, and where that leads')
    .option(...service)
    .action((schedule: string | undefined, options, command: Command) =>
      go(command, async (session) =>
        (await import('./commands/drill-trend.ts')).drillTrend(session, schedule, options),
      ),
    );
}

function inspectingCommands(program: Command, go: Go): void {
  program
    .command('runs')
    .description('executions, newest first')
    .option('--service <name>', 'only of this service')
    .option('--limit <number>', 'how many', '20')
    .action((options, command: Command) =>
      go(command, async (session) => (await import('./commands/runs.ts')).runs(session, options)),
    );
  program
    .command('posture')
    .description('would a recovery work tonight? (exit 0 all fine, 5 not)')
    .option('--service <name>', 'only this service')
    .action((options, command: Command) =>
      go(command, async (session) => (await import('./commands/posture.ts')).posture(session, options)),
    );
  const runbook = program.command('runbook').description('what there is to run');
  runbook
    .command('ls')
    .description('every runbook')
    .action((_, command: Command) =>
      go(command, async (session) => (await import('./commands/runbook-list.ts')).runbookList(session)),
    );
  runbook
    .command('show <runbook>')
    .description('when to use it, when not, and its steps')
    .option('--service <name>', 'built for this service')
    .option('--to <region>', 'region to move to')
    .option('--param <key=value>', 'another parameter; may be repeated', several, [])
    .option('--by-hand', 'as a shell script, for the night Lifeboat itself is gone')
    .action((id: string, options, command: Command) =>
      go(command, async (session) => (await import('./commands/runbook-show.ts')).runbookShow(session, id, options)),
    );
  runbook
    .command('lint [runbook]')
    .description('look for broken safety rules (exit 2 when there are any)')
    .option('--service <name>', 'built for this service')
    .action((id: string | undefined, options, command: Command) =>
      go(command, async (session) => (await import('./commands/runbook-lint.ts')).runbookLint(session, id, options)),
    );
  const ledger = program.command('ledger').description('the signed record');
  ledger
    .command('verify [folder]')
    .description('check it offline (exit 0 valid, 1 tampered, 2 incomplete)')
    .option('--key <file>', 'public key of the ledger, PEM (else the configuration’s)')
    .option('--since <number:digest>', 'checkpoint of an earlier verification')
    .action((folder: string | undefined, options, command: Command) =>
      go(command, async (session) =>
        (await import('./commands/ledger-verify.ts')).ledgerVerify(session, folder, options),
      ),
    );
  program
    .command('doctor')
    .description('look at everything an execution stands on (exit 1 when something would stop one)')
    .action((_, command: Command) =>
      go(command, async (session) => (await import('./commands/doctor.ts')).doctor(session)),
    );
}
