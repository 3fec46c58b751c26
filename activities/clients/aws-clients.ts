import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { KMSClient } from '@aws-sdk/client-kms';
import { RDSClient } from '@aws-sdk/client-rds';
import { Route53Client } from '@aws-sdk/client-route-53';
import { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Json } from '../../domain/json.ts';
import type { Configuration } from '../../domain/service.ts';
import { named } from './call-failure.ts';
import type { DependencyPolicies } from './dependency-policy.ts';
import { demandPermission } from './permission.ts';

/** Region whose control plane Route 53 has; its data plane is everywhere. */
const ROUTE53_REGION = 'us-east-1';

const READ = /^(Describe|List|Get|Head)/;

type Service = 'rds' | 's3' | 'route53' | 'kms';

interface CommandLike {
  readonly input: unknown;
  readonly constructor: { readonly name: string };
}

// biome-ignore lint/suspicious/noExplicitAny: the SDK's send has one overload per command; the guard only needs the command.
type Sender = { send: (...parameters: any[]) => Promise<unknown> };

/** AWS SDK clients of one profile: source address bound, deadlines set, mutating requests guarded, one policy per region. */
export class AwsClients {
  readonly #configuration: Configuration;
  readonly #policies: DependencyPolicies;
  readonly #profile: string | undefined;
  readonly #clients = new Map<string, unknown>();

  constructor(configuration: Configuration, policies: DependencyPolicies, profile: string | undefined) {
    this.#configuration = configuration;
    this.#policies = policies;
    this.#profile = profile;
  }

  rds(region: string): RDSClient {
    return this.#client('rds', region, (options) => new RDSClient(options));
  }

  kms(region: string): KMSClient {
    return this.#client('kms', region, (options) => new KMSClient(options));
  }

  s3(region: string): S3Client {
    // An overriding endpoint is one address: bucket names cannot be hosts under it.
    return this.#client('s3', region, (options) => new S3Client({ ...options, forcePathStyle: 'endpoint' in options }));
  }

  route53(): Route53Client {
    return this.#client('route53', ROUTE53_REGION, (options) => new Route53Client(options));
  }

  #client<Client extends Sender>(service: Service, region: string, create: (options: ClientOptions) => Client): Client {
    const key = `${service}/${region}`;
    const known = this.#clients.get(key) as Client | undefined;
    if (known) return known;
    const client = create(optionsFor(this.#configuration, this.#profile, service, region));
    this.#guard(client, service, region);
    this.#clients.set(key, client);
    return client;
  }

  #guard(client: Sender, service: Service, region: string): void {
    const send = client.send.bind(client);
    const policy = this.#policies.for(service, region);
    client.send = async (command: CommandLike, options?: object) => {
      const operation = command.constructor.name.replace(/Command$/, '');
      const what = `${service}:${operation} in ${region}`;
      const request = (abortSignal: AbortSignal) => named(what, send(command, { ...options, abortSignal }));
      if (READ.test(operation)) return named(what, policy.read(request));
      demandPermission({ service, operation, region, input: command.input as Json });
      return named(what, policy.change(request));
    };
  }
}

type ClientOptions = ReturnType<typeof optionsFor>;

function optionsFor({ network, aws }: Configuration, profile: string | undefined, service: Service, region: string) {
  const bound = network.localAddress === undefined ? {} : { localAddress: network.localAddress };
  const endpoint = aws.endpoints?.[region]?.[service];
  return {
    region,
    // Repeating is the policy's business: one layer decides how often a dead region is asked.
    maxAttempts: 1,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(profile === undefined ? {} : { profile }),
    requestHandler: new NodeHttpHandler({
      httpAgent: new Agent({ keepAlive: true, maxSockets: 20, ...bound }),
      httpsAgent: new TlsAgent({ keepAlive: true, maxSockets: 20, ...bound }),
      connectionTimeout: 1_000,
      requestTimeout: 3_000,
      throwOnRequestTimeout: true,
    }),
  };
}
