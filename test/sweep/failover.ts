/** Every kind of loss, with and without replication delay, while both cores are busy: `npm run sweep:failover`. */

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { check } from '../e2e/checker.ts';
import { runDemo } from '../support/run-demo.ts';

const load = Array.from({ length: availableParallelism() }, () => new Worker('for (;;);', { eval: true }));
let failed = 0;
let runs = 0;
for (const fault of ['black-hole', 'refuse']) {
  for (const lagMs of ['0', '3000']) {
    const run = await runDemo('--fault', fault, '--lag-ms', lagMs);
    const findings =
      run.exitCode === 0
        ? check(run.report)
        : [{ what: 'the demo ended well', holds: false, figures: run.output.slice(-2_000) }];
    const holds = findings.every((finding) => finding.holds);
    runs += 1;
    failed += holds ? 0 : 1;
    console.log(
      `${holds ? '✓' : '✗'} ${fault}, ${lagMs} ms behind, ${run.seconds.toFixed(0)} s, logs in ${run.folder}`,
    );
    for (const finding of findings) console.log(`    ${finding.holds ? '✓' : '✗'} ${finding.what}: ${finding.figures}`);
  }
}
for (const worker of load) await worker.terminate();
console.log(`${runs - failed} of ${runs} runs hold`);
process.exitCode = failed === 0 ? 0 : 1;
