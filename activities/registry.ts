import type { AnyImplementation } from './attempt/implement.ts';
import { confirmCapacity } from './compute/confirm-capacity.ts';
import { readScale } from './compute/read-scale.ts';
import { restoreScale } from './compute/restore-scale.ts';
import { scale } from './compute/scale.ts';
import { checkStandby } from './database/check-standby.ts';
import { probeWrite } from './database/probe-write.ts';
import { promote } from './database/promote.ts';
import { readLag } from './database/read-lag.ts';
import { checkSwitch } from './dns/check-switch.ts';
import { probe } from './front-door/probe.ts';
import { confirm } from './impact/confirm.ts';
import { check } from './lease/check.ts';
import { fence } from './lease/fence.ts';
import { giveBack } from './lease/give-back.ts';
import { actual } from './measure/actual.ts';
import { notify } from './people/notify.ts';
import { reach } from './region/reach.ts';
import { confirmServing } from './traffic/confirm-serving.ts';
import { restoreSwitch } from './traffic/restore-switch.ts';
import { setSwitch } from './traffic/set-switch.ts';

/** Every action a worker can run. A contract without an entry here cannot be executed; a test holds the two together. */
export const IMPLEMENTATIONS: readonly AnyImplementation[] = [
  confirm,
  reach,
  check,
  fence,
  giveBack,
  checkStandby,
  readLag,
  promote,
  probeWrite,
  checkSwitch,
  probe,
  readScale,
  scale,
  restoreScale,
  confirmCapacity,
  setSwitch,
  restoreSwitch,
  confirmServing,
  actual,
  notify,
];
