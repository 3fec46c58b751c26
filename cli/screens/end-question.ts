import type { ExecutionSnapshot } from '../../domain/execution.ts';
import { planSteps } from '../../domain/plan.ts';
import { labelled, screen } from '../terminal/layout.ts';
import type { Style } from '../terminal/style.ts';
import { plain } from '../terminal/text-width.ts';
import { leavesSomething } from './leaves-something.ts';

/** What skipping or aborting means, before somebody signs it. */
export function renderEndQuestion(snapshot: ExecutionSnapshot, stepId: string | null, style: Style): string {
  const steps = snapshot.plan ? planSteps(snapshot.plan) : [];
  if (stepId !== null) {
    const step = steps.find(({ id }) => id === stepId);
    const choice = snapshot.steps.find(({ id }) => id === stepId)?.choices.find(({ command }) => command === 'skip');
    return screen(
      [
        ...labelled('skip', `${stepId}: ${plain(step?.title ?? '')}`, style),
        ...(step ? labelled('it is there', plain(step.why), style) : []),
        ...(choice ? labelled(choice.possible ? 'possible' : 'NOT possible', plain(choice.because), style) : []),
      ],
      style,
    );
  }
  const begun = (id: string): boolean => (snapshot.steps.find((step) => step.id === id)?.attempts.length ?? 0) > 0;
  const irreversible = steps.filter((step) => step.effect === 'irreversible' && begun(step.id));
  const undone = steps.filter((step) => step.undo !== undefined && begun(step.id)).map(({ id }) => id);
  const stays = steps.filter((step) => leavesSomething(step) && step.undo === undefined && begun(step.id));
  const cleaning = steps.filter((step) => step.always && step.role === 'cleanup').map(({ id }) => id);
  const consequence =
    irreversible.length > 0
      ? `past the point of no return (${irreversible.map(({ id }) => id).join(', ')}): nothing is undone, people take over`
      : undone.length > 0
        ? `undone, newest first: ${[...undone].reverse().join(', ')}`
        : stays.length > 0
          ? `nothing is undone; done so far: ${stays.map(({ id }) => id).join(', ')}`
          : 'nothing was changed, so nothing needs undoing';
  const cleanUp = cleaning.length > 0 ? `; ${cleaning.join(', ')} still runs` : '';
  return screen(
    [
      ...labelled('abort', `${snapshot.request.executionId}: what is in flight finishes, nothing new starts`, style),
      ...labelled('then', consequence + cleanUp, style),
    ],
    style,
  );
}
