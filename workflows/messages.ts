import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import {
  type CommandReceipt,
  EXECUTION_STATUS_QUERY,
  type SignedCommand,
  type SteeringCommand,
  WAKE_SIGNAL,
} from '../domain/commands.ts';
import type { ExecutionSnapshot } from '../domain/execution.ts';

/** A query: it must answer at any time and change nothing. */
export const executionStatus = defineQuery<ExecutionSnapshot>(EXECUTION_STATUS_QUERY);

/**
 * Updates, not signals: whoever sends one must learn whether it counted. Approve, deny, skip and abort carry the
 * sender's signature; pause, resume and retry only steer and name the person.
 */
export const approve = defineUpdate<CommandReceipt, [SignedCommand]>('approve');
export const deny = defineUpdate<CommandReceipt, [SignedCommand]>('deny');
export const skip = defineUpdate<CommandReceipt, [SignedCommand]>('skip');
export const abort = defineUpdate<CommandReceipt, [SignedCommand]>('abort');
export const pause = defineUpdate<CommandReceipt, [SteeringCommand]>('pause');
export const resume = defineUpdate<CommandReceipt, [SteeringCommand]>('resume');
export const retry = defineUpdate<CommandReceipt, [SteeringCommand]>('retry');

/**
 * A signal that changes nothing. An update that arrives while every worker is dead waits in a task the server does not
 * store and gives up only after 5 s; a signal sent before it makes the server store one, so the next worker answers at once.
 */
export const wake = defineSignal(WAKE_SIGNAL);
