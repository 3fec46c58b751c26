import { done, refuse } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { postureVerdict } from '../../runbooks/actions/posture/verdict.ts';
import { implement } from '../attempt/implement.ts';

export const verdict = implement(postureVerdict, {
  // Everything was seen by the steps before it.
  observe: async () => null,
  decide({ areas }, _seen, _acted, { observedAt, service }) {
    const blind = areas.filter(({ findings }) => findings === undefined).map(({ area }) => area);
    const all = areas.flatMap(({ findings }) => findings ?? []);
    const notFine = all.filter((one) => one.verdict !== 'fine');
    const critical = notFine.filter(({ severity }) => severity === 'critical');
    const wrong = critical.filter((one) => one.verdict === 'finding').map(({ what }) => what);
    // Why each is unknown is the finding's to say: a region that is gone would say it twenty times.
    const unknown = [...critical.filter((one) => one.verdict === 'unknown').map(({ id }) => id), ...blind];
    if (wrong.length > 0 || unknown.length > 0) {
      const parts = [...wrong, ...(unknown.length > 0 ? [`unknown: ${unknown.join(', ')}`] : [])];
      return refuse(
        errorShape('DR_POSTURE', `${wrong.length + unknown.length} critical: ${parts.join('; ')}`, {
          actual: [...wrong, ...unknown],
          remedy: `lifeboat posture --service ${service.name}`,
        }),
      );
    }
    const warnings = notFine.map(({ what }) => what);
    return done({ fine: all.length - notFine.length, warnings, lookedAt: observedAt });
  },
});
