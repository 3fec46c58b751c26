/** The watch of one service from one vantage, as a process: `watch [CONFIG] SERVICE VANTAGE`. Ends on SIGTERM or SIGINT. */
import pino from 'pino';
import { environmentSettings } from '../configuration/config.ts';
import { loadConfiguration } from '../configuration/load-configuration.ts';
import { ERRORS, LifeboatError, shapeOf } from '../domain/errors.ts';
import { vantageSettings } from './vantage-settings.ts';
import { Watch } from './watch.ts';

try {
  const { configurationPath, logLevel } = environmentSettings();
  const words = process.argv.slice(2);
  const [vantage, service, path = configurationPath, ...tooMany] = words.toReversed();
  if (vantage === undefined || service === undefined || tooMany.length > 0) {
    throw new LifeboatError('DR_USAGE', 'watch [CONFIG] SERVICE VANTAGE', { remedy: 'Name service and vantage.' });
  }
  const settings = vantageSettings(await loadConfiguration(path), service, vantage);
  const watch = await Watch.start(settings, pino({ name: 'watch', level: logLevel }));
  const end = (): void => {
    process.off('SIGTERM', end).off('SIGINT', end);
    void watch.stop();
  };
  process.on('SIGTERM', end).on('SIGINT', end);
} catch (caught) {
  const { code, message, remedy } = shapeOf(caught);
  process.stderr.write(`${message} (${code})\n${remedy}\n`);
  process.exitCode = ERRORS[code].exitCode;
}
