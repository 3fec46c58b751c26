import { call, done } from '../../domain/action.ts';
import { restoreSwitch as contract } from '../../runbooks/actions/traffic/restore-switch.ts';
import { implement } from '../attempt/implement.ts';
import { readObject } from './read-object.ts';

export const restoreSwitch = implement(contract, {
  observe: (clients, input) => readObject(clients, input),
  decide(input, object) {
    const state = object ? ('recovery' as const) : ('protected' as const);
    if (input.state === 'recovery' || !object) return done({ state });
    const { region, bucket, key } = input;
    return call(
      [
        {
          service: 's3',
          operation: 'DeleteObject',
          region,
          target: `${bucket}/${key}`,
          input: { Bucket: bucket, Key: key },
        },
      ],
      'the switch did not stand on recovery before',
      { state: 'protected' as const },
    );
  },
});
