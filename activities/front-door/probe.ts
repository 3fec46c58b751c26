import { done, refuse, wait } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { probeFrontDoor } from '../../runbooks/actions/front-door/probe.ts';
import { implement } from '../attempt/implement.ts';
import { heard } from '../clients/heard.ts';

const PROBE_MS = 2_000;

export const probe = implement(probeFrontDoor, {
  observe: (clients, { address, port, path, name }) =>
    heard(
      'front door',
      PROBE_MS + 500,
      clients.http({ address, port, method: 'GET', path, host: name, timeoutMs: PROBE_MS }),
    ),
  decide(input, answer) {
    const { address } = input;
    if (answer.answered && answer.value.status === 200) return done({ ready: true, status: 200, address });
    const found = answer.answered ? `status ${answer.value.status}` : answer.because;
    if (input.whenNotReady === 'wait') {
      return wait(`${input.region} answers ${found} at ${address}`, { ready: true, status: 200, address });
    }
    return refuse(
      errorShape(
        'DR_FRONT_DOOR_NOT_READY',
        `the front door of ${input.region} does not answer at ${address}:${input.port}`,
        {
          field: `frontDoor.${input.region}`,
          expected: 'status 200',
          actual: found,
        },
      ),
    );
  },
});
