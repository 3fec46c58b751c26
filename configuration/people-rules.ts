import { createPublicKey } from 'node:crypto';
import type { Person } from '../domain/service.ts';
import type { Problem } from './problem.ts';

/** Who may sign: keys that work, one person per key, and always somebody other than the asker to approve. */
export function peopleProblems(people: readonly Person[]): readonly Problem[] {
  if (people.length === 0) {
    return [{ field: 'people', found: 'is empty', expected: 'a list of at least one operator and one approver' }];
  }
  const problems = people.flatMap((person, index) => personProblems(person, index, people));
  return problems.length > 0 ? problems : quorumProblems(people);
}

function personProblems(person: Person, index: number, people: readonly Person[]): readonly Problem[] {
  const field = `people[${index}]`;
  const problems: Problem[] = [];
  if (people.findIndex(({ id }) => id === person.id) < index) {
    problems.push({ field: `${field}.id`, found: `is '${person.id}' again`, expected: 'different for each person' });
  }
  if (person.roles.length === 0) {
    problems.push({ field: `${field}.roles`, found: 'is empty', expected: 'a list of operator, approver or both' });
  }
  const owner = people.find(({ publicKey }) => publicKey === person.publicKey);
  if (!isEd25519PublicKey(person.publicKey)) {
    problems.push({
      field: `${field}.publicKey`,
      found: `is ${person.publicKey.length} characters that are no such key (not shown)`,
      expected: 'an Ed25519 public key, SPKI DER in base64, as lifeboat identity new prints it',
    });
  } else if (owner && owner !== person) {
    problems.push({
      field: `${field}.publicKey`,
      found: `is the key of '${owner.id}' too`,
      expected: "one person's own: with a shared key nobody can tell who approved",
    });
  }
  return problems;
}

/** Asker and approver are two people: there must be such a pair, or no gate can ever be passed. */
function quorumProblems(people: readonly Person[]): readonly Problem[] {
  const approvers = people.filter(({ roles }) => roles.includes('approver'));
  const operators = people.filter(({ roles }) => roles.includes('operator'));
  if (approvers.length === 0) {
    return [
      { field: 'people', found: 'has nobody with the role approver', expected: 'a list with at least one approver' },
    ];
  }
  if (operators.length === 0) {
    return [
      { field: 'people', found: 'has nobody with the role operator', expected: 'a list with at least one operator' },
    ];
  }
  const pair = operators.some((operator) => approvers.some((approver) => approver.id !== operator.id));
  return pair
    ? []
    : [
        {
          field: 'people',
          found: `has '${approvers[0]!.id}' as the only operator and the only approver`,
          expected: 'a list with an approver other than the asker: nobody approves their own request',
        },
      ];
}

function isEd25519PublicKey(base64: string): boolean {
  const der = Buffer.from(base64, 'base64');
  if (der.toString('base64') !== base64) return false;
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' }).asymmetricKeyType === 'ed25519';
  } catch {
    return false;
  }
}
