import type { Json } from './json.ts';

/**
 * How a process ends, and what it tells a script: 0 done · 1 run or internal failure · 2 usage · 3 declined by a person ·
 * 4 identity · 5 blocked by a precondition or lock · 6 wait timed out, run goes on · 7 waiting for approval.
 */
export type ExitCode = 1 | 2 | 3 | 4 | 5 | 6 | 7;

interface CatalogueEntry {
  /** What it means, for the page of errors. */
  readonly means: string;
  readonly retryable: boolean;
  readonly exitCode: ExitCode;
  /** What to do, unless whoever raises it knows better. */
  readonly remedy: string;
}

const entry = (means: string, remedy: string, exitCode: ExitCode = 1, retryable = false): CatalogueEntry => ({
  means,
  retryable,
  exitCode,
  remedy,
});

/** Every error Lifeboat raises on purpose. `docs/errors.md` is generated from it and a test holds them together. */
export const ERRORS = {
  // What was asked for
  DR_RUNBOOK_UNKNOWN: entry('No runbook has that id.', 'lifeboat runbook ls', 2),
  DR_RUNBOOK_LINT: entry('A runbook breaks a safety rule, so no plan is made of it.', 'lifeboat runbook lint', 2),
  DR_SERVICE_UNKNOWN: entry('The configuration declares no such service.', 'Name a service of the configuration.', 2),
  DR_REGION_UNKNOWN: entry('The service has no such region.', 'Name the recovery or the protected region.', 2),
  DR_REGION_ALREADY_SERVING: entry(
    'The target is the region that holds the writer already.',
    'Name the other region, or do nothing.',
    5,
  ),
  DR_PARAMETER_INVALID: entry('A parameter of the runbook is missing or malformed.', 'lifeboat runbook show ID', 2),
  DR_USAGE: entry('The command line does not say what to do.', 'lifeboat --help', 2),
  DR_STEP_UNKNOWN: entry('The plan has no such step.', 'lifeboat status EXECUTION', 2),
  DR_GATE_UNKNOWN: entry('The plan has no such gate.', 'lifeboat status EXECUTION', 2),
  DR_EXECUTION_UNKNOWN: entry('Neither Temporal nor the ledger knows that execution.', 'lifeboat runs', 2),
  DR_EXECUTION_ALREADY_LIVE: entry(
    'Another failover or recovery of this service is under way: only one may be.',
    'Watch or end the one that runs.',
    5,
  ),
  DR_EXECUTION_ENDED: entry('The execution has ended and takes no commands.', 'lifeboat runs', 5),
  DR_EXECUTION_INTERRUPTED: entry(
    'The workflow was terminated or reset without sealing its record.',
    'Look at what it had done before you start again: lifeboat status EXECUTION',
    1,
  ),
  DR_PLAN_CHANGED: entry(
    'The plan compiled now is not the one that was shown.',
    'Read the new plan: lifeboat plan …',
    5,
  ),
  DR_MODE_FORBIDDEN: entry('An action of the plan must never run in this mode.', 'Use a dry run.', 5),
  DR_CONFIRM_MISMATCH: entry('A live start needs the service’s name typed.', '--confirm SERVICE', 3),
  DR_DECLINED: entry('A person declined.', 'Nothing was changed.', 3),
  // Configuration and surroundings
  DR_CONFIG_MISSING: entry('No configuration file was found.', 'Set LIFEBOAT_CONFIG or pass --config.', 2),
  DR_CONFIG_INVALID: entry('The configuration is not valid.', 'Correct the field named.', 2),
  DR_TEMPORAL_UNREACHABLE: entry(
    'The Temporal server does not answer.',
    'Check the address in the configuration and that the server runs: lifeboat doctor',
    1,
    true,
  ),
  DR_WORKER_ABSENT: entry('No worker answers for the task queue.', 'Start one; the execution waits for it.', 1, true),
  DR_INTERNAL: entry('Something failed that should not have.', 'Report it with the log.', 1),
  // Identity and approvals
  DR_IDENTITY_MISSING: entry('No private key was found to sign with.', 'lifeboat identity new NAME', 4),
  DR_IDENTITY_EXISTS: entry('A key of that name exists.', 'Use it, or choose another name.', 2),
  DR_IDENTITY_UNKNOWN: entry(
    'The key belongs to nobody in the configuration.',
    'Have its public half added under people.',
    4,
  ),
  DR_SIGNATURE_INVALID: entry('The signature does not fit the statement.', 'Sign again with your own key.', 4),
  DR_STATEMENT_MALFORMED: entry('The signed statement is not one.', 'Use the lifeboat command.', 2),
  DR_APPROVAL_OWN_REQUEST: entry('Whoever asks for an execution cannot approve it.', 'Ask another approver.', 5),
  DR_APPROVAL_TWICE: entry('One person’s approval counts once.', 'Ask another approver.', 5),
  DR_APPROVAL_ROLE_MISSING: entry('The person lacks the role the gate asks for.', 'Ask an approver.', 5),
  DR_APPROVAL_EXPIRED: entry('The approval’s time has passed.', 'Read the gate again and sign again.', 5),
  DR_APPROVAL_OTHER_EXECUTION: entry('The statement is for another execution.', 'Sign for this one.', 5),
  DR_APPROVAL_OTHER_PLAN: entry('The statement is for another plan.', 'Read the plan and sign again.', 5),
  DR_APPROVAL_OTHER_FACTS: entry(
    'The statement is for facts or bounds other than the gate shows now.',
    'Read the gate again and sign again.',
    5,
  ),
  DR_APPROVAL_UNKNOWN_NOT_ACCEPTED: entry(
    'A bound’s value is unknown, and the approval does not accept that by name.',
    '--accept BOUND, if you do accept it.',
    5,
  ),
  DR_GATE_NOT_OPEN: entry('The gate is not open.', 'lifeboat status EXECUTION', 5),
  DR_BOUND_OUTSIDE: entry('A fact is outside what the approval allows.', 'Mend it, or abort.', 5, true),
  // Steering
  DR_STEP_NOT_FAILED: entry('Only a failed step can be retried.', 'lifeboat status EXECUTION', 5),
  DR_SKIP_REFUSED: entry('This step cannot be skipped.', 'Retry it, or abort.', 5),
  DR_SECOND_PERSON_NEEDED: entry('This needs a person other than the asker.', 'Ask another person.', 5),
  DR_NOT_PAUSED: entry('The execution is not paused.', 'lifeboat status EXECUTION', 5),
  DR_ALREADY_PAUSED: entry('The execution is paused already.', 'lifeboat resume EXECUTION', 5),
  // Attempts
  DR_CALL_NOT_DECLARED: entry(
    'An action tried a call that its decision did not name; it was not sent.',
    'A defect in the action: report it.',
  ),
  DR_CALL_FAILED: entry('A call to a provider failed.', 'Read the provider’s message.', 1, true),
  DR_STEP_TIMED_OUT: entry(
    'The step did not come about within its time.',
    'Look at what it waits for, then retry.',
    1,
    true,
  ),
  DR_ATTEMPT_SUPERSEDED: entry('A newer attempt owns the step; this one acts no more.', 'Nothing to do.'),
  DR_ATTEMPT_CUT_SHORT: entry('The attempt was cut short because the execution is being ended.', 'Nothing to do.'),
  DR_ATTEMPT_LOST: entry('The worker vanished during the attempt, repeatedly.', 'Start a worker, then retry.', 1, true),
  DR_INPUT_INVALID: entry('The input of an action does not fit its contract.', 'A defect in the runbook: report it.'),
  // Observations
  DR_IMPACT_NOT_CONFIRMED: entry(
    'The region answers: there is no outage to fail over from.',
    'Mend what is slow where it is. Lifeboat moves nothing while the region answers: a planned switchover is not built.',
    5,
  ),
  DR_WATCH_SILENT: entry(
    'The watch wrote no sample lately, so nobody knows whether the service answers.',
    'Start the watch: lifeboat doctor',
    5,
    true,
  ),
  DR_STANDBY_NOT_READY: entry('The standby cannot be promoted as it is.', 'Bring it to the state expected.', 5, true),
  DR_DB_GLOBAL_STATE: entry(
    'The global cluster is not in a state to fail over.',
    'Wait for the other operation.',
    5,
    true,
  ),
  DR_DB_UNREACHABLE: entry('The database does not answer.', 'Check the endpoint.', 1, true),
  DR_SWITCH_NOT_READY: entry(
    'The DNS switch is not as the runbook needs it.',
    'Create the failover records and the inverted health check beforehand.',
    5,
  ),
  DR_FRONT_DOOR_NOT_READY: entry('The front door does not answer at its own address.', 'Check its targets.', 5, true),
  DR_COMPUTE_NOT_READY: entry('The deployment is not there or not ready.', 'Check the cluster.', 5, true),
  DR_FENCE_NOT_PROVED: entry('Old writers may still hold the lease.', 'Wait, or use another fence.', 5),
  DR_LEASE_EPOCH_CHANGED: entry(
    'Another fence advanced the write lease meanwhile.',
    'Look at who holds it now: lifeboat doctor',
    5,
    true,
  ),
  DR_LEASE_NOT_HELD: entry(
    'This process does not hold the write lease, so it wrote nothing.',
    'Send the write to the region that holds the lease.',
    5,
    true,
  ),
  DR_LEASE_STORE: entry('The write lease cannot be read or advanced.', 'Check the lease folder.', 5, true),
  DR_BACKUPS_OFF: entry(
    'The cluster has no restorable window: backups are off, or none is complete yet.',
    'Turn backups on, or wait for the first: lifeboat posture',
    5,
  ),
  DR_RESTORE_OUTSIDE_WINDOW: entry(
    'The instant asked for cannot be restored: it is older than the oldest backup.',
    'Name an instant inside the window that the message gives.',
    5,
  ),
  DR_RESTORE_FAILED: entry(
    'A restore ended without a usable database.',
    'Read why in the message and in the RDS events.',
  ),
  DR_RESTORE_MISPLACED: entry(
    'A restored database stands where it must not: other subnets, security groups, parameters or key than declared.',
    'Compare `restore` in the configuration with what the message names.',
  ),
  DR_NAME_TAKEN: entry(
    'Something that this execution did not make has the name it needs.',
    'Look what it is; rename or remove it by hand if it is yours.',
    5,
  ),
  DR_VALIDATION_NOT_DECLARED: entry(
    'The service does not say how to tell that a restored database is whole.',
    'Declare `database.validation` in its configuration.',
    5,
  ),
  DR_VALIDATION_FAILED: entry(
    'A restored database is not what the source was.',
    'Treat the backup as unusable until the named checks are explained.',
  ),
  DR_LEFTOVERS: entry(
    'Something an execution made is still there after its clean-up.',
    'Remove what the message names by hand, then look why.',
  ),
  DR_SNAPSHOT_MISSING: entry(
    'There is no usable snapshot or copy.',
    'Make one: lifeboat start snapshot-copy --service SERVICE --purpose maintenance --reason TEXT',
    5,
  ),
  DR_SNAPSHOT_FAILED: entry('A snapshot ended without being usable.', 'Read why in the message; start again.'),
  DR_COPY_FAILED: entry('A snapshot could not be copied, twice.', 'Read why in the message; start again.'),
  DR_COPY_NOT_AS_ASKED: entry(
    'A copy is not what was asked for: status, key, tags or size differ.',
    'Do not count on it; compare the configuration with what the message names.',
  ),
  DR_KEY_UNUSABLE: entry(
    'The encryption key cannot be used in that region.',
    'Enable the key, or name another in the configuration.',
    5,
  ),
  DR_INFRASTRUCTURE_FORBIDDEN: entry(
    'The recovery stack would do what a recovery must not: create IAM or destroy something.',
    'Create such resources beforehand, outside the recovery stack.',
    5,
  ),
  DR_INFRASTRUCTURE_STATE: entry(
    'The state of the recovery stack does not stand in the recovery region.',
    'Move the state and its lock to the recovery region.',
    5,
  ),
  DR_INFRASTRUCTURE_LOCKED: entry(
    'Somebody else holds the lock of the recovery stack.',
    'Find out who; release the lock only if they are gone.',
    5,
    true,
  ),
  DR_INFRASTRUCTURE_FAILED: entry('The recovery stack could not be planned or applied.', 'Read why in the message.'),
  DR_SCHEDULE_UNKNOWN: entry('The service declares no such schedule.', 'lifeboat drill ls', 2),
  DR_SCHEDULE_MISSING: entry(
    'A declared schedule does not exist in Temporal.',
    'A worker makes it anew within a minute; if not: lifeboat doctor',
    5,
    true,
  ),
  DR_SCHEDULE_RUNNING: entry(
    'What the schedule started before still runs, and its executions do not overlap.',
    'Wait for its end: lifeboat watch EXECUTION',
    5,
    true,
  ),
  DR_POSTURE: entry('A recovery would meet obstacles tonight.', 'Do what each finding says.', 5),
  DR_NOTIFY_FAILED: entry('A notification was not taken.', 'Tell people yourself.', 1, true),
  // Evidence
  DR_LEDGER_CORRUPT: entry('The ledger does not verify.', 'Keep it as it is and compare with a copy.', 1),
  DR_LEDGER_MISSING: entry('There is no ledger there.', 'Name the evidence folder.', 2),
  DR_LEDGER_CONFLICT: entry(
    'The execution has an entry of that kind already, with other content.',
    'Read that entry; what is to be added goes into an addendum.',
    5,
  ),
  DR_LEDGER_UNWRITABLE: entry('The evidence store cannot be written.', 'Make it writable.', 5, true),
  // The rehearsal environment
  DR_LAB_TEMPORAL_MISSING: entry(
    'No Temporal server binary is installed and none could be fetched.',
    'Install the Temporal CLI, or set LAB_TEMPORAL to its path: npm run lab -- doctor',
    5,
  ),
  DR_LAB_TOFU_MISSING: entry(
    'No Terraform-compatible binary is installed and none could be built.',
    'Install OpenTofu or Terraform, or set LIFEBOAT_TOFU to its path.',
    5,
  ),
  DR_LAB_PORT_TAKEN: entry('A port the lab needs is in use.', 'Choose another --base-port, or leave it out.', 5),
  DR_LAB_ADDRESS_MISSING: entry(
    'The lab cannot listen on one of its loopback addresses.',
    'Add the address to the loopback interface, for instance: sudo ifconfig lo0 alias ADDRESS',
    5,
  ),
  DR_LAB_DIR_UNUSABLE: entry('The lab’s folder cannot be used.', 'Name another one: --dir FOLDER', 5),
  DR_LAB_RUNNING: entry('A lab runs in that folder already.', 'npm run lab -- status, or npm run lab -- down', 5),
  DR_LAB_NOT_RUNNING: entry('No lab runs in that folder.', 'npm run lab -- up', 5),
  DR_LAB_START_FAILED: entry('A part of the lab did not start.', 'Read its log, named in the message.', 1, true),
  DR_LAB_PART_UNKNOWN: entry('The lab has no such part, or it takes no such order.', 'npm run lab -- status', 2),
  DR_LAB_FAULT_UNKNOWN: entry('The lab knows no such fault.', 'npm run lab -- fault --help', 2),
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** An error as data: what crosses a workflow, a record or a screen. */
export interface ErrorShape {
  readonly code: ErrorCode;
  /** One sentence with what was expected and what was found. */
  readonly message: string;
  readonly retryable: boolean;
  readonly remedy: string;
  readonly field?: string;
  readonly expected?: Json;
  readonly actual?: Json;
}

export interface ErrorDetail {
  readonly field?: string;
  readonly expected?: Json;
  readonly actual?: Json;
  readonly remedy?: string;
  readonly retryable?: boolean;
}

export function errorShape(code: ErrorCode, message: string, detail: ErrorDetail = {}): ErrorShape {
  const { retryable, remedy } = ERRORS[code];
  return { code, message, retryable, remedy, ...detail };
}

/** A catalogued error, thrown. */
export class LifeboatError extends Error {
  readonly shape: ErrorShape;

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message);
    this.name = 'LifeboatError';
    this.shape = errorShape(code, message, detail);
  }

  static of(shape: ErrorShape): LifeboatError {
    return new LifeboatError(shape.code, shape.message, shape);
  }
}

/** The shape of anything caught; what is not ours becomes `DR_INTERNAL` with its message. */
export function shapeOf(caught: unknown): ErrorShape {
  if (caught instanceof LifeboatError) return caught.shape;
  return errorShape('DR_INTERNAL', caught instanceof Error ? `${caught.name}: ${caught.message}` : String(caught));
}
