import { LifeboatError } from '../../domain/errors.ts';
import { scheduleNamed } from '../schedule-named.ts';
import { renderDrillSteered } from '../screens/drill-receipt.ts';
import type { Session } from '../session.ts';
import { knownPerson } from '../signer.ts';

export interface DrillSteerOptions {
  readonly service?: string;
  readonly reason?: string;
}

/** Pauses or resumes a schedule. It carries a person's name, so the key must be somebody's here. */
export async function drillSteer(
  session: Session,
  command: 'pause' | 'resume',
  id: string,
  options: DrillSteerOptions,
): Promise<number> {
  const configuration = await session.configuration();
  const name = scheduleNamed(configuration, id, options.service);
  const reason = options.reason?.trim() || null;
  if (command === 'pause' && reason === null) {
    throw new LifeboatError('DR_USAGE', '--reason is missing', {
      field: '--reason',
      expected: 'why it must not run: whoever finds it paused will ask',
      remedy: '--reason "the key is being rotated"',
    });
  }
  const person = knownPerson(await session.identity(), configuration, name.service).id;
  const { schedules } = await session.client();
  if (command === 'pause') await schedules.pause(name, person, reason ?? '');
  const { madeAnew } =
    command === 'resume' ? await schedules.resume(name, person, reason ?? 'resumed') : { madeAnew: false };
  session.report.result('drill_steered', { command, schedule: name, person, reason, madeAnew }, (style) =>
    renderDrillSteered({ command, name, madeAnew }, style),
  );
  return 0;
}
