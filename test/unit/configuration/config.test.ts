import { describe, expect, it } from 'vitest';
import { environmentSettings } from '../../../configuration/config.ts';

describe('environment settings', () => {
  it('come from the named variables only', () => {
    expect(
      environmentSettings({
        LIFEBOAT_CONFIG: '/etc/lifeboat.yaml',
        LIFEBOAT_IDENTITY: '/home/one/key.pem',
        LIFEBOAT_LOG_LEVEL: 'DEBUG',
        XDG_CONFIG_HOME: '/home/one/settings',
        NO_COLOR: '1',
        TERM: 'xterm-256color',
        CI: 'true',
      }),
    ).toEqual({
      configurationPath: '/etc/lifeboat.yaml',
      identityPath: '/home/one/key.pem',
      identityFolder: '/home/one/settings/lifeboat/identities',
      logLevel: 'debug',
      noColor: true,
      dumbTerminal: false,
      continuousIntegration: true,
    });
  });

  it('count an empty variable as not set', () => {
    const settings = environmentSettings({ LIFEBOAT_CONFIG: '', NO_COLOR: '', CI: '', LIFEBOAT_LOG_LEVEL: '' });
    expect(settings).toMatchObject({
      configurationPath: null,
      noColor: false,
      continuousIntegration: false,
      logLevel: 'info',
    });
  });

  it('refuse a log level that is none, naming what is possible', () => {
    expect(() => environmentSettings({ LIFEBOAT_LOG_LEVEL: 'loud' })).toThrow(
      "LIFEBOAT_LOG_LEVEL is 'loud', must be one of fatal, error, warn, info, debug, trace, silent",
    );
  });
});
