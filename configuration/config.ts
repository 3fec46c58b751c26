import { homedir } from 'node:os';
import { join } from 'node:path';
import { LifeboatError } from '../domain/errors.ts';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Everything the product takes from its surroundings. No other file reads `process.env`. */
export interface EnvironmentSettings {
  /** `LIFEBOAT_CONFIG`: path of the YAML configuration. */
  readonly configurationPath: string | null;
  /** `LIFEBOAT_IDENTITY`: path of the person's private key. */
  readonly identityPath: string | null;
  /** Where `lifeboat identity new` keeps keys: `XDG_CONFIG_HOME/lifeboat/identities`, else under `~/.config`. */
  readonly identityFolder: string;
  /** `LIFEBOAT_LOG_LEVEL`, `info` when not set. */
  readonly logLevel: LogLevel;
  /** `NO_COLOR` is set and not empty: no colour, whatever the terminal can do. */
  readonly noColor: boolean;
  /** `TERM=dumb`, or no `TERM`: no colour and no cursor movement. */
  readonly dumbTerminal: boolean;
  /** `CI` is set: nobody sits at the terminal, so nothing is animated and nothing is asked. */
  readonly continuousIntegration: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment. An empty variable counts as not set.
 * @throws LifeboatError DR_CONFIG_INVALID when `LIFEBOAT_LOG_LEVEL` is not a level.
 */
export function environmentSettings(environment: Environment = process.env): EnvironmentSettings {
  const setting = (name: string): string | null => environment[name] || null;
  const configurationHome = setting('XDG_CONFIG_HOME') ?? join(homedir(), '.config');
  return {
    configurationPath: setting('LIFEBOAT_CONFIG'),
    identityPath: setting('LIFEBOAT_IDENTITY'),
    identityFolder: join(configurationHome, 'lifeboat', 'identities'),
    logLevel: logLevelOf(setting('LIFEBOAT_LOG_LEVEL') ?? 'info'),
    noColor: setting('NO_COLOR') !== null,
    dumbTerminal: (setting('TERM') ?? 'dumb') === 'dumb',
    continuousIntegration: setting('CI') !== null && setting('CI') !== 'false',
  };
}

/** Where to find things, whom to be towards AWS, which certificates and proxies to use. */
const FOR_PROGRAMS =
  /^(PATH|HOME|TMPDIR|LANG|LC_ALL|SSL_CERT_(FILE|DIR)|(HTTPS?|NO)_PROXY|(https?|no)_proxy|TF_PLUGIN_CACHE_DIR|AWS_(PROFILE|REGION|DEFAULT_REGION|CONFIG_FILE|SHARED_CREDENTIALS_FILE|CA_BUNDLE|ROLE_ARN|ROLE_SESSION_NAME|WEB_IDENTITY_TOKEN_FILE|CONTAINER_\w+|STS_REGIONAL_ENDPOINTS|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN))$/;

/** What programs that Lifeboat starts may see of its surroundings: what they need to work, and nothing that changes what they do. */
export function programEnvironment(environment: Environment = process.env): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value && FOR_PROGRAMS.test(name) ? [[name, value] as const] : [],
    ),
  );
}

function logLevelOf(text: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text.toLowerCase());
  if (level) return level;
  throw new LifeboatError(
    'DR_CONFIG_INVALID',
    `LIFEBOAT_LOG_LEVEL is '${text}', must be one of ${LOG_LEVELS.join(', ')}`,
    {
      field: 'LIFEBOAT_LOG_LEVEL',
      actual: text,
      expected: [...LOG_LEVELS],
      remedy: 'Set it to one of these, or unset it.',
    },
  );
}
