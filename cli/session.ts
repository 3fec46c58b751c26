import type { LifeboatClient } from '../client/lifeboat-client.ts';
import type { EnvironmentSettings } from '../configuration/config.ts';
import type { Configuration } from '../domain/service.ts';
import type { Identity } from '../identity/load-identity.ts';
import { Report } from './output/report.ts';
import type { Terminal } from './terminal/terminal.ts';

/** Options every command takes. */
export interface GlobalOptions {
  readonly config?: string;
  readonly identity?: string;
  readonly json?: boolean;
  /** `false` after --no-color, --no-input. */
  readonly color?: boolean;
  readonly input?: boolean;
}

/** What the surroundings give to a session; tests give their own. */
export interface SessionParts {
  readonly terminal: Terminal;
  readonly environment: EnvironmentSettings;
  readonly now: () => Date;
  readonly connect: (configuration: Configuration) => Promise<LifeboatClient>;
  /** Calls the listener on Ctrl-C until the function returned is called. */
  readonly onInterrupt: (listener: () => void) => () => void;
}

/** One call of the command line: what it reads, each loaded once and only when needed, and where it reports. */
export class Session {
  readonly report: Report;
  readonly terminal: Terminal;
  readonly environment: EnvironmentSettings;
  readonly now: () => Date;
  readonly onInterrupt: SessionParts['onInterrupt'];
  readonly configurationPath: string | null;
  /** What the command is about, for whoever explains a failure. */
  readonly subject: { executionId: string | null; ledgerEntry: string | null } = {
    executionId: null,
    ledgerEntry: null,
  };
  readonly #parts: SessionParts;
  readonly #options: GlobalOptions;
  #configuration: Promise<Configuration> | null = null;
  #client: Promise<LifeboatClient> | null = null;

  constructor(parts: SessionParts, options: GlobalOptions) {
    this.#parts = parts;
    this.#options = options;
    this.terminal = parts.terminal;
    this.environment = parts.environment;
    this.now = parts.now;
    this.onInterrupt = parts.onInterrupt;
    this.configurationPath = options.config ?? parts.environment.configurationPath;
    this.report = new Report(parts.terminal, options.json === true, {
      repeatOptions: [
        ...(options.config === undefined ? [] : ['--config', options.config]),
        ...(options.identity === undefined ? [] : ['--identity', options.identity]),
      ],
    });
  }

  configuration(): Promise<Configuration> {
    this.#configuration ??= this.#loadConfiguration();
    return this.#configuration;
  }

  async #loadConfiguration(): Promise<Configuration> {
    const { loadConfiguration } = await import('../configuration/load-configuration.ts');
    const configuration = await loadConfiguration(this.configurationPath);
    this.report.setBanner(configuration.banner);
    return configuration;
  }

  /** The key named by --identity or the environment, else the only one there is. */
  async identity(): Promise<Identity> {
    const { loadIdentity } = await import('../identity/load-identity.ts');
    const { findIdentityPath } = await import('./find-identity.ts');
    const named = this.#options.identity ?? this.environment.identityPath;
    return loadIdentity(named ?? (await findIdentityPath(this.environment.identityFolder)));
  }

  /** Connects to Temporal; closed when the command is over. */
  client(): Promise<LifeboatClient> {
    this.#client ??= this.configuration().then(this.#parts.connect);
    return this.#client;
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => null);
    await client?.close().catch(() => undefined);
  }
}
