import { type Call, call, done } from '../../domain/action.ts';
import { setSwitch as contract } from '../../runbooks/actions/traffic/set-switch.ts';
import { implement } from '../attempt/implement.ts';
import { readObject } from './read-object.ts';

export const setSwitch = implement(contract, {
  observe: (clients, input) => readObject(clients, input),
  decide(input, object, _acted, { observedAt }) {
    const { expectedAddress } = input;
    if (object) return done({ expectedAddress, etag: object.etag, trafficShiftedAt: observedAt });
    const put: Call = {
      service: 's3',
      operation: 'PutObject',
      region: input.region,
      target: `${input.bucket}/${input.key}`,
      input: {
        Bucket: input.bucket,
        Key: input.key,
        ContentType: 'application/json',
        IfNoneMatch: '*',
        Body: JSON.stringify({ serveFrom: input.toRegion, executionId: input.executionId }),
      },
    };
    return call([put], `the switch of ${input.name} is not set`, {
      expectedAddress,
      etag: '',
      trafficShiftedAt: observedAt,
    });
  },
});
