import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { LifeboatError } from '../domain/errors.ts';
import type { Configuration, Service } from '../domain/service.ts';
import { type ConfigurationFile, configurationSchema } from './configuration-schema.ts';
import { parseYaml } from './parse-yaml.ts';
import { fieldName, type Problem, problemLine, problemsOf } from './problem.ts';
import { SERVICE_RULES } from './service-rules.ts';

/**
 * Reads the YAML configuration. Relative paths in it count from the folder it lies in.
 * @param path `null` when neither the command line nor the environment names one.
 * @throws LifeboatError DR_CONFIG_MISSING, or one DR_CONFIG_INVALID that lists every problem.
 */
export async function loadConfiguration(path: string | null): Promise<Configuration> {
  if (path === null) throw new LifeboatError('DR_CONFIG_MISSING', 'no configuration file was named');
  const raw = parseYaml(await readText(path), (problems) => invalid(path, problems));
  const parsed = configurationSchema.safeParse(raw);
  const problems = parsed.success
    ? []
    : parsed.error.issues.flatMap((issue) => problemsOf(issue, raw, configurationSchema));
  const all = [...problems, ...ruleProblems(raw, problems)];
  if (!parsed.success || all.length > 0) throw invalid(path, all);
  return complete(parsed.data, dirname(resolve(path)));
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (caught) {
    const reason = (caught as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new LifeboatError('DR_CONFIG_MISSING', `the configuration file '${path}' cannot be read (${reason})`, {
      field: 'config',
      actual: path,
      expected: 'a readable YAML file',
    });
  }
}

function invalid(path: string, problems: readonly Problem[]): LifeboatError {
  const heading = `${path} has ${problems.length === 1 ? '1 problem' : `${problems.length} problems`}`;
  const lines = problems.map((problem) => `  ${problemLine(problem)}`);
  return new LifeboatError('DR_CONFIG_INVALID', [`${heading}:`, ...lines].join('\n'), {
    field: problems[0]!.field,
    expected: problems[0]!.expected,
    actual: problems.map((problem) => ({ ...problem })),
    remedy: problems.length === 1 ? 'Correct the field named.' : 'Correct the fields named.',
  });
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Rules run on every section that is well-formed, so that one misspelt key does not hide what else is wrong. */
function ruleProblems(raw: unknown, shapeProblems: readonly Problem[]): readonly Problem[] {
  const services = isMapping(raw) ? raw['services'] : undefined;
  const problems: Problem[] = isMapping(raw) ? [...controlProblems(raw['control'])] : [];
  if (!isMapping(services)) return problems;
  if (Object.keys(services).length === 0) {
    problems.push({ field: 'services', found: 'is empty', expected: 'a mapping with at least one service' });
  }
  for (const [name, service] of Object.entries(services)) {
    const at = fieldName(['services', name]);
    if (!isMapping(service) || shapeProblems.some(({ field }) => field === at)) continue;
    if (typeof service['name'] === 'string' && service['name'] !== name) {
      problems.push({
        field: `${at}.name`,
        found: `is '${service['name']}'`,
        expected: `'${name}', as its key, or left out`,
      });
    }
    if (service['coldRecovery'] !== undefined && isMapping(raw) && raw['infrastructure'] === undefined) {
      problems.push({
        field: 'infrastructure',
        found: `is missing, and ${at}.coldRecovery needs it`,
        expected: "a mapping with 'binary', the path of OpenTofu or Terraform",
      });
    }
    for (const rule of SERVICE_RULES) {
      const sections = rule.reads.map((section) => `${at}.${section}`);
      const wellFormed = !shapeProblems.some(({ field }) =>
        sections.some(
          (section) => field === section || field.startsWith(`${section}.`) || field.startsWith(`${section}[`),
        ),
      );
      if (!wellFormed) continue;
      const found = rule.check(service as unknown as Service);
      problems.push(...found.map((problem) => ({ ...problem, field: `${at}.${problem.field}` })));
    }
  }
  return problems;
}

function controlProblems(control: unknown): readonly Problem[] {
  if (!isMapping(control)) return [];
  const seen = new Map<unknown, string>();
  return Object.entries(control).flatMap(([key, value]) => {
    const earlier = seen.get(value);
    seen.set(value, key);
    return earlier === undefined || typeof value !== 'string'
      ? []
      : [{ field: `control.${key}`, found: `is the same path as control.${earlier}`, expected: 'a path of its own' }];
  });
}

/** The parsed file as the rest of the product knows it: absolute paths, and every service carrying its name. */
function complete(file: ConfigurationFile, folder: string): Configuration {
  const absolute = (path: string): string => resolve(folder, path);
  const { control, infrastructure } = file;
  return {
    ...file,
    // A bare name is looked up where programs are; anything with a folder counts from here.
    ...(infrastructure && {
      infrastructure: {
        binary: infrastructure.binary.includes('/') ? absolute(infrastructure.binary) : infrastructure.binary,
      },
    }),
    control: {
      evidence: absolute(control.evidence),
      lease: absolute(control.lease),
      watch: absolute(control.watch),
      ledgerKey: absolute(control.ledgerKey),
      ledgerPublicKey: absolute(control.ledgerPublicKey),
    },
    services: mapValues(file.services, ({ schedules, coldRecovery, ...service }, name) => ({
      ...service,
      name,
      database: {
        ...service.database,
        ...(service.database.passwordFile !== undefined && { passwordFile: absolute(service.database.passwordFile) }),
      },
      compute: mapValues(service.compute, (region) => ({ ...region, tokenFile: absolute(region.tokenFile) })),
      ...(schedules && {
        schedules: schedules.map((schedule) => ({ ...schedule, parameters: schedule.parameters ?? {} })),
      }),
      ...(coldRecovery && {
        coldRecovery: { ...coldRecovery, infrastructureFolder: absolute(coldRecovery.infrastructureFolder) },
      }),
    })),
  };
}

const mapValues = <From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From, key: string) => To,
): Readonly<Record<string, To>> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
