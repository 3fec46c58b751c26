import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InfrastructureClient, type InfrastructureSettings } from '../../activities/clients/infrastructure-client.ts';
import { apply } from '../../activities/infrastructure/apply.ts';
import type { Call, Decision } from '../../domain/action.ts';
import { type ErrorShape, LifeboatError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import { commandLineOf, descendantsOf } from '../../lab/parts/process-tree.ts';
import { waitUntil } from '../../lab/parts/wait-until.ts';
import { copyRecoveryStack } from '../../lab/recovery-stack/copy-recovery-stack.ts';
import { EXAMPLE_SERVICE } from '../../runbooks/example-service.ts';

/** What the lab's tests promise of a real binary, whichever it is; the sweep holds OpenTofu to the same. */
export interface InfrastructureCheck {
  readonly promise: string;
  run(rig: Rig): Promise<void>;
}

const REGION = 'eu-west-3';
/** Starting the binary takes a second on an idle machine. A wait ends as soon as its condition holds. */
const PATIENT = { timeoutMs: 60_000, everyMs: 20 };
/** A node that does not come while a check lasts. */
const NEVER_SECONDS = '600';
const WORKER = join(import.meta.dirname, 'infrastructure-worker.ts');

/** One stack in a folder of its own, with its state, and whoever works on it. */
export class Rig {
  readonly binary: string;
  readonly root = mkdtempSync(join(tmpdir(), 'lifeboat-stack-'));
  readonly folder = join(this.root, 'stack');
  readonly state = join(this.root, 'state', 'recovery.tfstate');
  variables: Record<string, string> = { region: REGION, nodes: '2', namespaces: 'booking,search' };
  /** Processes that make plans. */
  readonly pids: number[] = [process.pid];
  #results: Json[] = [];

  constructor(binary: string) {
    this.binary = binary;
    copyRecoveryStack({ folder: this.folder, state: this.state });
  }

  client(settings: Partial<InfrastructureSettings> = {}): InfrastructureClient {
    return new InfrastructureClient({ binary: this.binary, ...settings });
  }

  plan(client = this.client()) {
    return client.plan(this.folder, this.variables, new AbortController().signal);
  }

  async decide(client: InfrastructureClient): Promise<Decision<{ readonly created: readonly string[] }>> {
    const input = { region: REGION, folder: this.folder, variables: this.variables };
    const acted = this.#results.length > 0 ? { calls: [], results: this.#results } : null;
    const context = {
      executionId: 'fo-1',
      service: EXAMPLE_SERVICE,
      mode: 'live' as const,
      observedAt: '2026-11-21T03:12:00.000Z',
    };
    const decision = apply.decide(input, await this.plan(client), acted, context);
    if (decision.kind === 'done') apply.contract.output.parse(decision.output);
    return decision;
  }

  async follow(client: InfrastructureClient, call: Call, signal = new AbortController().signal): Promise<void> {
    const { planDigest } = call.input as { planDigest: string };
    this.#results.push(await client.apply(this.folder, this.variables, planDigest, signal));
  }

  stateFile(): { resources: { type: string; name: string; instances: unknown[] }[] } | null {
    return existsSync(this.state) ? JSON.parse(readFileSync(this.state, 'utf8')) : null;
  }

  untilLocked(): Promise<void> {
    const info = join(this.root, 'state', '.recovery.tfstate.lock.info');
    return waitUntil('somebody took the lock', () => existsSync(info), PATIENT);
  }

  /** Waits until nodes are being made, each by a `sleep`: the network is there by then, whether or not the state says so yet. */
  untilNodesBegin(nodeSeconds: string, isOver = (): boolean => false): Promise<void> {
    const sleeps = (pid: number) => commandLineOf(pid) === `sleep ${nodeSeconds}`;
    return waitUntil('a node is being made', () => descendantsOf(process.pid).some(sleeps) || isOver(), PATIENT);
  }

  /** Plans nobody applied go by themselves a minute later, those of a killed process an hour later: not in a test. */
  close(): void {
    for (const name of readdirSync(tmpdir())) {
      if (this.pids.some((pid) => name.startsWith(`lifeboat-plan-${pid}-`))) {
        rmSync(join(tmpdir(), name), { recursive: true, force: true });
      }
    }
    rmSync(this.root, { recursive: true, force: true });
  }
}

export const INFRASTRUCTURE_CHECKS: readonly InfrastructureCheck[] = [
  {
    promise: 'planning changes nothing, and names everything that applying would create',
    async run(rig) {
      const client = rig.client();
      const decision = await rig.decide(client);
      const [call] = callsOf(decision);
      assert.equal(rig.stateFile(), null);
      assert.equal(`${call?.service}:${call?.operation} ${call?.region}`, `infrastructure:Apply ${REGION}`);
      assert.match(call?.target ?? '', /create terraform_data\.node\[0\]/);
      assert.ok(decision.kind === 'call');
      assert.deepEqual(decision.predicted?.created, [
        'terraform_data.namespace["booking"]',
        'terraform_data.namespace["search"]',
        'terraform_data.network',
        'terraform_data.node[0]',
        'terraform_data.node[1]',
      ]);
      assert.equal((await rig.plan()).digest, (await rig.plan()).digest);
    },
  },
  {
    promise: 'applying creates it, and looking again says done with what the stack gives, secrets left out',
    async run(rig) {
      rig.variables = { ...rig.variables, pull_secret: 'hunter-two-and-two' };
      const client = rig.client();
      const [call] = callsOf(await rig.decide(client));
      await rig.follow(client, call!);
      assert.equal(rig.stateFile()?.resources.length, 3);
      const decision = await rig.decide(client);
      assert.ok(decision.kind === 'done', JSON.stringify(decision));
      assert.equal(decision.output.created.length, 5);
      assert.deepEqual((decision.output as unknown as { outputs: unknown }).outputs, {
        region: '"eu-west-3"',
        nodes: '2',
        namespaces: '["booking","search"]',
      });
    },
  },
  {
    promise: 'another worker applies the plan that was decided on, made anew, and nothing else',
    async run(rig) {
      const [call] = callsOf(await rig.decide(rig.client()));
      rig.variables = { ...rig.variables, nodes: '3' };
      const error = await refusalOf(rig.follow(rig.client(), call!));
      assert.equal(`${error.code} ${error.retryable}`, 'DR_INFRASTRUCTURE_FAILED true');
      assert.equal(rig.stateFile(), null);
      rig.variables = { ...rig.variables, nodes: '2' };
      await rig.follow(rig.client(), call!);
      assert.equal((await rig.decide(rig.client())).kind, 'done');
    },
  },
  {
    promise: 'who holds the lock is named, and nothing is planned meanwhile',
    async run(rig) {
      const slow = { ...rig.variables, node_seconds: NEVER_SECONDS };
      const holder = rig.client();
      const { digest } = await holder.plan(rig.folder, slow, new AbortController().signal);
      const abort = new AbortController();
      const applying = holder.apply(rig.folder, slow, digest, abort.signal).catch((caught: unknown) => caught);
      await rig.untilLocked();
      const error = await refusalOf(rig.plan()).finally(() => abort.abort());
      await applying;
      assert.equal(`${error.code} ${error.retryable}`, 'DR_INFRASTRUCTURE_LOCKED true');
      assert.match(error.message, /held by \S+@\S+ \(OperationTypeApply since .+\), lock id [0-9a-f-]{36}/);
    },
  },
  {
    promise: 'an abort interrupts it, so that what it made is in the state and the lock is free',
    async run(rig) {
      const slow = { ...rig.variables, node_seconds: NEVER_SECONDS };
      const client = rig.client();
      const { digest } = await client.plan(rig.folder, slow, new AbortController().signal);
      const abort = new AbortController();
      const applying = client.apply(rig.folder, slow, digest, abort.signal).catch((caught: unknown) => caught);
      await rig.untilNodesBegin(NEVER_SECONDS);
      const reason = new Error('somebody aborted');
      abort.abort(reason);
      assert.equal(await applying, reason);
      assert.ok(rig.stateFile()?.resources.some(({ name }) => name === 'network'));
      const { changes } = await rig.plan();
      assert.deepEqual(changes.find(({ address }) => address === 'terraform_data.network')?.actions, ['no-op']);
    },
  },
  {
    promise: 'a binary that does not stop is killed, and one that takes too long is stopped and says so',
    async run(rig) {
      const stubborn = join(rig.root, 'stubborn');
      writeFileSync(stubborn, `#!/bin/sh\ntrap '' INT\nwhile :; do sleep 0.1; done\n`, { mode: 0o755 });
      const client = rig.client({ binary: stubborn, deadlines: { initMs: 300, graceMs: 300 } });
      const error = await refusalOf(rig.plan(client));
      assert.match(error.message, /stopped because it took too long/);
    },
  },
  {
    promise: 'a worker killed in the middle does not tear the apply off: it ends, and the next look says so',
    async run(rig) {
      rig.variables = { ...rig.variables, node_seconds: '2' };
      const order = JSON.stringify({ binary: rig.binary, folder: rig.folder, variables: rig.variables });
      const stdio = ['ignore', 'pipe', 'inherit'] as const;
      const worker = spawn(process.execPath, ['--import', 'tsx', WORKER, order], { stdio: [...stdio] });
      rig.pids.push(worker.pid ?? 0);
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      // Planning takes the lock too: only after it the lock is the apply's.
      await Promise.race([once(worker.stdout, 'data'), ended.then(() => assert.fail('the worker ended first'))]);
      // A machine that paused may find it over: then nothing is torn off, and all the rest holds as well.
      await rig.untilNodesBegin('2', () => worker.exitCode !== null);
      worker.kill('SIGKILL');
      await ended;
      const locked = await refusalOf(rig.plan()).catch(() => null);
      assert.ok(locked === null || locked.code === 'DR_INFRASTRUCTURE_LOCKED', locked?.message);
      const isDone = async () => (await rig.decide(rig.client())).kind === 'done';
      await waitUntil('the apply has ended and made everything', isDone, { ...PATIENT, everyMs: 500 });
    },
  },
  {
    promise: 'errors tell what went wrong without the values of variables, and no file with secrets is left',
    async run(rig) {
      const secret = 'correct "horse" battery';
      writeFileSync(
        join(rig.folder, 'failing.tf'),
        `variable "password" { type = string }
resource "terraform_data" "failing" {
  provisioner "local-exec" {
    command     = "echo \\"$PASSWORD\\"; echo '\${replace(var.password, "'", "")}'; exit 3"
    environment = { PASSWORD = var.password }
  }
}
`,
      );
      rig.variables = { ...rig.variables, password: secret };
      const client = rig.client();
      const { digest } = await rig.plan(client);
      const error = await refusalOf(client.apply(rig.folder, rig.variables, digest, new AbortController().signal));
      assert.equal(error.code, 'DR_INFRASTRUCTURE_FAILED');
      assert.match(error.message, /terraform_data\.failing: .*exit status 3/);
      assert.ok(!JSON.stringify(error).includes('battery'), error.message);
      const left = readdirSync(tmpdir()).filter((name) => name.startsWith(`lifeboat-plan-${process.pid}-`));
      assert.deepEqual(
        left.filter(
          (name) =>
            existsSync(join(tmpdir(), name, 'variables.tfvars.json')) &&
            readFileSync(join(tmpdir(), name, 'variables.tfvars.json'), 'utf8').includes('battery'),
        ),
        [],
      );
    },
  },
  {
    promise: 'a misspelt variable, an absent folder and a broken stack are refused by name',
    async run(rig) {
      rig.variables = { ...rig.variables, nodess: '9' };
      assert.match((await refusalOf(rig.plan())).message, /declares no variable nodess/);
      const signal = new AbortController().signal;
      assert.match((await refusalOf(rig.client().plan('/nowhere', {}, signal))).message, /no folder \/nowhere/);
      writeFileSync(join(rig.folder, 'broken.tf'), 'resource "terraform_data" {}\n');
      assert.match((await refusalOf(rig.plan())).message, /Missing name for resource/);
    },
  },
  {
    promise: 'what the user’s shell says to the binary does not matter',
    async run(rig) {
      const before = { ...process.env };
      const trap = join(rig.root, 'home');
      mkdirSync(trap);
      writeFileSync(join(trap, '.terraformrc'), 'this is no configuration {\n');
      writeFileSync(join(trap, '.tofurc'), 'this is no configuration {\n');
      try {
        Object.assign(process.env, {
          ...{ TF_VAR_node_seconds: '99', TF_CLI_ARGS_plan: '-destroy', TF_WORKSPACE: 'other' },
          ...{ TF_CLI_CONFIG_FILE: '/nowhere/at/all', TF_DATA_DIR: '/nowhere' },
        });
        const { changes } = await rig.plan(rig.client({ environment: { HOME: trap } }));
        assert.equal(changes.filter(({ actions }) => actions.includes('create')).length, 9);
      } finally {
        process.env = before;
      }
    },
  },
];

function callsOf(decision: Decision<unknown>): readonly Call[] {
  assert.ok(decision.kind === 'call', JSON.stringify(decision));
  return decision.calls;
}

async function refusalOf(work: Promise<unknown>): Promise<ErrorShape> {
  try {
    await work;
  } catch (caught) {
    assert.ok(caught instanceof LifeboatError, String(caught));
    return caught.shape;
  }
  throw new assert.AssertionError({ message: 'expected a refusal' });
}
