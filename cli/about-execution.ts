import { LifeboatError } from '../domain/errors.ts';
import { EXECUTION_ID } from '../domain/ids.ts';
import type { Session } from './session.ts';

/**
 * What the command is about: an id that can be one, so that a slip of the fingers asks no server.
 * @throws LifeboatError DR_EXECUTION_UNKNOWN
 */
export function aboutExecution(session: Session, executionId: string): void {
  if (EXECUTION_ID.test(executionId)) {
    session.subject.executionId = executionId;
    return;
  }
  throw new LifeboatError('DR_EXECUTION_UNKNOWN', `'${executionId}' cannot be the id of an execution`, {
    field: 'execution',
    expected: 'an id like fo-20261121-0316-k3ab',
    actual: executionId,
  });
}
