import { type Command, Option } from 'commander';
import {
  CALL_EFFECTS,
  CALLED_SERVICES,
  type Fault,
  MISPLACEMENTS,
  parseFault,
  SPOILED_BACKUPS,
} from './supervisor/fault.ts';

interface FaultTools {
  /** Brings a fault upon the lab of `--dir` and tells what it did. */
  readonly bring: (fault: Fault) => Promise<void>;
  readonly number: (text: string) => number;
}

/** `lab fault …`: one command per kind of fault. What a command is given is checked as the supervisor checks it, naming the field. */
export function addFaultCommands(program: Command, { bring, number }: FaultTools): void {
  const fault = program.command('fault').description('break something, at an instant that is written down');
  const parsed = (value: unknown): Promise<void> => bring(parseFault(value));
  addPlaceFaults(fault, parsed, number);
  addBackupFaults(fault, parsed, number);
}

function addPlaceFaults(fault: Command, bring: (value: unknown) => Promise<void>, number: FaultTools['number']): void {
  fault
    .command('lose <region>')
    .description('a place is gone: links cut, bytes in flight dropped, its processes killed, in one act')
    .addOption(
      new Option('--as <how>', 'what others see of it').choices(['black-hole', 'refuse']).default('black-hole'),
    )
    .action((region: string, { as }: { as: string }) => bring({ kind: 'lose', region, as }));
  fault
    .command('partition <region>')
    .description('a place is cut off, lease folder included; its processes live on')
    .action((region: string) => bring({ kind: 'partition', region }));
  fault
    .command('replication-delay <ms>')
    .description('what the writer streams arrives that much later')
    .action((ms: string) => bring({ kind: 'replication-delay', ms: number(ms) }));
  fault
    .command('freeze-writer <region>')
    .description('one booking process stops between its last lease check and COMMIT')
    .action((region: string) => bring({ kind: 'freeze-writer', region }));
  fault
    .command('freeze <part>')
    .description('a process and everything below it is stopped')
    .action((part: string) => bring({ kind: 'freeze', part }));
  fault
    .command('link')
    .description('one link, in the network’s own terms')
    .requiredOption('--from <place>', 'who dials, or *')
    .requiredOption('--to <place>', 'where the part is, or *')
    .requiredOption('--mode <mode>', 'open, refuse, black_hole, slow or half_open')
    .option('--ms <ms>', 'how slow', number)
    .action((value: object) => bring({ kind: 'link', ...value }));
}

interface CallOptions {
  readonly service: string;
  readonly operation: string;
  readonly kind: string;
  readonly region?: string;
  readonly times?: number;
  readonly probability?: number;
  readonly seed?: number;
}

function addBackupFaults(fault: Command, bring: (value: unknown) => Promise<void>, number: FaultTools['number']): void {
  fault
    .command('backups <what>')
    .description(`backups are not what they seem: ${SPOILED_BACKUPS.join(', ')}; what is spoiled stays so`)
    .option('--sql <sql>', 'what damage-next-restore runs in the next restored database before anybody can log in')
    .action((what: string, options: { sql?: string }) => bring({ kind: 'backups', what, ...options }));
  fault
    .command('calls')
    .description('AWS calls of one operation end badly, once unless told otherwise')
    .addOption(new Option('--service <service>', 'which service').choices(CALLED_SERVICES).default('rds'))
    .requiredOption('--operation <operation>', 'which operation, or *')
    .addOption(
      new Option('--kind <kind>', 'refused, failed, or done without an answer')
        .choices(CALL_EFFECTS)
        .makeOptionMandatory(),
    )
    .option('--region <region>', 'only where it is called there')
    .option('--times <count>', 'so many calls, then no more', number)
    .option('--probability <share>', 'each call with this probability, until healed', number)
    .option('--seed <seed>', 'makes the same calls fail again', number)
    .action(({ kind: effect, times, probability, ...about }: CallOptions) => {
      const often = probability === undefined ? { times: times ?? 1 } : { probability, ...(times && { times }) };
      return bring({ kind: 'calls', effect, ...about, ...often });
    });
  fault
    .command('copy')
    .description('the next snapshot copy fails on its way')
    .requiredOption('--fails-at <percent>', 'how far it comes', number)
    .action(({ failsAt }: { failsAt: number }) => bring({ kind: 'copy', failsAtPercent: failsAt }));
  fault
    .command('placement <what>')
    .description(`the next restore stands elsewhere than was asked for: ${MISPLACEMENTS.join(', ')}`)
    .option('--region <region>', 'whose other key it is, with wrong-key')
    .action((what: string, options: { region?: string }) => bring({ kind: 'placement', what, ...options }));
}
