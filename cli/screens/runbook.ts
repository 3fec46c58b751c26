import type { Json } from '../../domain/json.ts';
import type { Plan } from '../../domain/plan.ts';
import { duration } from '../terminal/duration.ts';
import { type Cell, headline, labelled, screen, table, unbroken } from '../terminal/layout.ts';
import { offers } from '../terminal/next-command.ts';
import type { Style } from '../terminal/style.ts';
import { plain } from '../terminal/text-width.ts';
import { effectWord } from './execution-words.ts';
import { goalOf, objectivesText } from './plan-kind.ts';
import { predictToGoal } from './prediction.ts';

/** A runbook compiled for one service, from top to bottom. */
export function renderRunbook(plan: Plan, parameterNames: readonly string[], style: Style): string {
  const { runbook } = plan;
  const { paint } = style;
  const path = predictToGoal(plan);
  const objectives = objectivesText(plan);
  const values = parameterNames.map((name) => `${name}=${valueText(plan.parameters[name])}`).join(' · ');
  return screen(
    [
      ...headline(
        { text: `${runbook.id} v${runbook.version}  ${runbook.title}`, paint: paint.strong },
        { text: `${runbook.severity} · ${runbook.owner}`, paint: paint.quiet },
        style,
      ),
      ...labelled('for', values === '' ? plan.service : `${plan.service} (${values})`, style),
      ...unbroken('plan', plan.digest, style),
      ...(objectives === null ? [] : labelled('objective', objectives, style)),
      ...(path.seconds > 0
        ? labelled('takes', `${duration(path.seconds)} ${goalOf(plan).stretch}, as its author expects`, style)
        : []),
      ...labelled('lock', runbook.exclusive === 'service' ? 'one live execution per service' : 'none', style),
      ...runbook.triggers.flatMap((trigger) =>
        labelled('when', `${plain(trigger.event)}. Seen by: ${plain(trigger.detection)}`, style),
      ),
      ...labelled(
        'not when',
        runbook.whenNotToUse.map((text): Cell => ({ text: plain(text) })),
        style,
      ),
      ...labelled('no return', plain(runbook.pointOfNoReturn), style),
      '',
      ...nodes(plan, style),
      '',
      ...offers(
        'next',
        [
          {
            words: ['plan', runbook.id, '--service', plan.service, ...regionWords(plan)],
            says: 'what it would do now; changes nothing',
          },
        ],
        style,
      ),
    ],
    style,
  );
}

function nodes(plan: Plan, style: Style): string[] {
  let number = 0;
  const rows = plan.nodes.map((node): Cell[] => {
    if (node.kind === 'gate') {
      const asks = `${node.quorum} ${node.roles.join(' or ')}, not the asker; signs: ${node.bounds.map(({ says }) => plain(says)).join('; ')}`;
      return [
        { text: 'G' },
        { text: node.id, paint: style.paint.strong },
        { text: 'gate' },
        { text: `${plain(node.why)} ${asks}` },
      ];
    }
    number += 1;
    const after = node.after.length > 0 ? ` After ${node.after.join(', ')}.` : '';
    return [
      { text: String(number) },
      { text: node.id },
      { text: effectWord(node) },
      { text: `${plain(node.why)}${after}` },
    ];
  });
  return table(
    [{ title: '#', align: 'right' }, { title: 'step' }, { title: 'effect' }, { title: 'why', flexible: true }],
    rows,
    style,
  );
}

const regionWords = (plan: Plan): readonly string[] =>
  typeof plan.parameters['to'] === 'string' ? ['--to', plan.parameters['to']] : [];

const valueText = (value: Json | undefined): string =>
  value === undefined ? 'not set' : typeof value === 'string' ? value : JSON.stringify(value);
