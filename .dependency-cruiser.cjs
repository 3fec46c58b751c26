/**
 * Who may import whom. The table is the design; a rule per folder follows from it, so a new folder is one line here.
 * Anything a folder's line does not name is forbidden, type imports too, unless an exception says otherwise.
 */
const TABLE = {
  domain: [],
  measure: ['domain/'],
  identity: ['domain/'],
  lease: ['domain/'],
  'runbooks/language': ['domain/'],
  'runbooks/actions': ['runbooks/language/', 'domain/'],
  runbooks: ['domain/'],
  workflows: ['domain/'],
  // Contracts and the vocabulary, never the compiler: a worker that acts need not know how plans are made.
  activities: ['domain/', 'measure/', 'identity/', 'lease/', 'runbooks/actions/', 'runbooks/language/action.ts'],
  ledger: ['domain/', 'identity/'],
  configuration: ['domain/', 'identity/'],
  watch: ['domain/', 'lease/', 'ledger/', 'configuration/'],
  // The composition root: the only place that knows both workflows and real clients.
  worker: [
    ...['domain/', 'measure/', 'identity/', 'lease/', 'runbooks/', 'workflows/'],
    ...['activities/', 'ledger/', 'configuration/', 'watch/'],
    // Whether an execution runs is asked of Temporal the same way on both sides.
    'client/find-run.ts',
  ],
  client: ['domain/', 'measure/', 'identity/', 'runbooks/', 'ledger/', 'configuration/'],
  // Of the watch only the reader of what it wrote.
  cli: ['domain/', 'identity/', 'runbooks/', 'ledger/', 'configuration/', 'client/', 'watch/sample-journal.ts'],
};

/** The rehearsal environment is a stranger: these are the faces that it sees of the product in its own process. */
const FACES_FOR_LAB = [
  'lease/participant.ts',
  'lease/write-under-lease.ts',
  // The lab grants the first lease, as whoever sets up a service would.
  'lease/folder-lease-store.ts',
  'domain/errors.ts',
];

/** Erased before anything runs: the shapes of the files the lab writes for the product and reads from it. */
const SHAPES_FOR_LAB = ['domain/service.ts', 'domain/execution.ts'];

const PRODUCT = [...new Set(Object.keys(TABLE).map((folder) => folder.split('/')[0]))];
const OURS = [...PRODUCT, 'api', 'lab', 'bench', 'test', 'tools'];

const anyOf = (paths) => `^(${paths.map((path) => path.replaceAll('.', '\\.')).join('|')})`;
const inside = (folders) => `^(${folders.join('|')})/`;
const nested = (folder) => Object.keys(TABLE).filter((other) => other.startsWith(`${folder}/`));

const importTable = Object.entries(TABLE).map(([folder, allowed]) => ({
  name: `${folder.replace('/', '-')}-imports`,
  comment: `${folder}/ may import ${allowed.join(', ') || 'nothing of ours'}.`,
  severity: 'error',
  from: { path: inside([folder]), ...(nested(folder).length > 0 ? { pathNot: inside(nested(folder)) } : {}) },
  to: { path: inside(OURS), pathNot: anyOf([`${folder}/`, ...allowed]) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    // Ledger types are words in activities' ports; its code is injected by the worker.
    ...importTable.map((rule) =>
      rule.name === 'activities-imports'
        ? { ...rule, to: { ...rule.to, pathNot: `${rule.to.pathNot}|^ledger/` } }
        : rule,
    ),
    {
      name: 'activities-ledger-types-only',
      comment: 'activities/ gets its ledger by injection; it may name its types.',
      severity: 'error',
      from: { path: inside(['activities']) },
      to: { path: inside(['ledger']), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'domain-is-pure',
      comment: 'domain/ is bundled into workflows: no packages (zod among them), no Node built-ins.',
      severity: 'error',
      from: { path: inside(['domain']) },
      to: { pathNot: inside(OURS) },
    },
    {
      name: 'measure-is-pure',
      comment: 'measure/ computes: no packages, no Node built-ins.',
      severity: 'error',
      from: { path: inside(['measure']) },
      to: { pathNot: inside(OURS) },
    },
    {
      name: 'workflows-are-deterministic',
      comment: 'Only Temporal’s own packages: node:crypto breaks the bundle, zod adds 0.9 MB to it.',
      severity: 'error',
      from: { path: inside(['workflows']) },
      to: { pathNot: [inside(OURS), '(^|/)node_modules/@temporalio/(workflow|common)/'] },
    },
    {
      name: 'lab-sees-public-faces',
      comment: 'lab/ meets the product as a process; in its own it sees only what a real service would embed.',
      severity: 'error',
      from: { path: inside(['lab']) },
      to: { path: inside(PRODUCT), pathNot: anyOf([...FACES_FOR_LAB, ...SHAPES_FOR_LAB]) },
    },
    {
      name: 'lab-sees-shapes-as-types',
      comment: 'The lab may name the shapes of configuration and snapshot, not run their code.',
      severity: 'error',
      from: { path: inside(['lab']) },
      to: { path: anyOf(SHAPES_FOR_LAB), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'observer-is-independent',
      comment: 'The observer judges the product, so it shares no code with it; nor does whatever judges by its log.',
      severity: 'error',
      from: { path: '^lab/observer/' },
      to: { path: inside(PRODUCT) },
    },
    {
      name: 'booking-joins-by-the-lease',
      comment: 'The booking service is somebody else’s: it embeds the lease participant and nothing more.',
      severity: 'error',
      from: { path: '^lab/(booking|front-door)/' },
      to: { path: inside(PRODUCT), pathNot: '^lease/(participant|write-under-lease)\\.ts$' },
    },
    {
      name: 'product-stands-alone',
      comment: 'The product imports neither its rehearsal nor its tests, benches and tools.',
      severity: 'error',
      from: { path: inside(PRODUCT) },
      to: { path: inside(['lab', 'bench', 'test', 'tools']) },
    },
    {
      name: 'product-uses-no-development-packages',
      comment: 'What the product imports at run time stands under dependencies.',
      severity: 'error',
      from: { path: inside(PRODUCT) },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-cycles',
      comment: 'A cycle has no first file to read.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'everything-resolves',
      comment: 'An import that leads nowhere, or to a package that package.json does not name.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['unknown', 'undetermined', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: 'specify',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    skipAnalysisNotInRules: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
