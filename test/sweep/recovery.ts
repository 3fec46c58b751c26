/**
 * Recovery from corruption in a lab, through the engine: `npm run sweep:recovery`. Rows are deleted and altered under customers who book on.
 * Then they are copied back, the copy is kept, a swap is aborted half way (twice), and at last the copy takes the database's place.
 */
import { RecoveryFindings } from './recovery-findings.ts';
import { RecoveryLab } from './recovery-lab.ts';

const findings = new RecoveryFindings(await RecoveryLab.open());
try {
  await findings.look('copy-rows', () => findings.copyRows());
  await findings.look('keep', () => findings.keep());
  await findings.look('swap, aborted after the first rename', () => findings.abortedSwap(1, []));
  const lost = { kind: 'calls', service: 'rds', operation: 'ModifyDBCluster', effect: 'lost_reply', times: 1 } as const;
  await findings.look('swap, aborted after both, an answer lost, the worker killed', () =>
    findings.abortedSwap(2, [lost], true),
  );
  await findings.look('swap', () => findings.swap());
} finally {
  await findings.close();
}
const { held, all } = findings.count;
console.log(`\n${held} of ${all} hold`);
process.exitCode = held === all ? 0 : 1;
