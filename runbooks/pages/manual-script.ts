import type { Plan, PlanGate, PlanStep } from '../../domain/plan.ts';

/** The plan as a shell script to read and paste from, for the night when Temporal and Lifeboat are gone too. */
export function manualScript(plan: Plan): string {
  const { runbook } = plan;
  return [
    '#!/bin/sh',
    `# ${runbook.title}: ${runbook.id} v${runbook.version} for ${plan.service}, by hand.`,
    '# Nothing here fences, waits, approves, measures or records for you. Read each block before you paste it, and stop',
    '# at the first one that fails.',
    ...(takesLease(plan) ? LEASE_WORDS : []),
    `# ${runbook.pointOfNoReturn}`,
    'set -eu',
    ...(takesLease(plan) ? ['test -d "$LEASE"'] : []),
    ...plan.nodes.flatMap((node) => ['', ...(node.kind === 'gate' ? gateBlock(node) : stepBlock(node))]),
    '',
  ].join('\n');
}

const LEASE_WORDS = [
  '# $LEASE is the folder of the write lease in the control place; $EPOCH and $WRITER are set on the way.',
];

const takesLease = (plan: Plan): boolean =>
  plan.nodes.some((node) => node.kind === 'step' && node.permissions.some((name) => name.startsWith('lease:')));

function gateBlock(gate: PlanGate): readonly string[] {
  return [
    `# -- ${gate.id}: ${gate.why}`,
    ...gate.bounds.map((bound) => `#    - ${bound.says}`),
    `printf '%s' 'Has somebody else (${gate.roles.join(' or ')}, ${gate.quorum} of them) agreed to all of this? Type yes: '`,
    'read -r ANSWER && [ "$ANSWER" = yes ]',
  ];
}

function stepBlock(step: PlanStep): readonly string[] {
  return [
    `# -- ${step.id} (${step.effect}${step.effect === 'irreversible' ? ': THIS CANNOT BE TAKEN BACK' : ''})`,
    `#    ${step.why}`,
    step.manual ?? '# By hand there is nothing to type.',
  ];
}
