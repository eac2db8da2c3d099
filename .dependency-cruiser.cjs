// Who may import whom: docs/architecture.md says it in words, this file makes it true, and tests/house proves each rule
// by breaking it. `@streamvault/*` leads to the libraries' sources (tsconfig.boundaries.json), so nothing need be built.

/** What stands below the contexts, and what each of it may import of the rest, always through doors. */
const foundations = {
  'api-contract': [],
  failures: [],
  'event-store': ['failures', 'threads'],
  media: ['failures'],
  network: ['failures'],
  threads: [],
  platforms: ['media', 'network'],
  capture: ['failures', 'media', 'network', 'platforms', 'threads'],
  kernel: ['event-store', 'failures', 'threads'],
  'http-kit': ['api-contract', 'event-store', 'kernel', 'storage'],
  storage: ['api-contract', 'event-store', 'failures', 'kernel', 'threads'],
  secrets: ['failures', 'kernel'],
  jobs: ['api-contract', 'event-store', 'failures', 'http-kit', 'kernel', 'threads'],
};
// Every other library is a context: it may import the foundations and other contexts' doors. A new one needs no rule.

/** What is begun from outside: programs, libraries' doors, and what runs in a thread of its own. */
const roots = '^(apps/[^/]+/src/main|libs/[^/]+/src/(index|events)|(apps|libs)/[^/]+/src/.*-thread)\\.ts$';
const notForProduction = '\\.(spec|testing)\\.ts$|^apps/[^/]+/(jest\\.config\\.mjs|testing/)';
const door = (names) => `^libs/(${names.join('|')})/src/index\\.ts$`;
const anyDoor = '^libs/[^/]+/src/(index|events)\\.ts$';
const testing = '^libs/[^/]+/src/[^/]+\\.testing\\.ts$';

const foundationRules = Object.entries(foundations).map(([name, allowed]) => ({
  name: `${name}-imports-its-own`,
  comment: `libs/${name} may import ${allowed.length === 0 ? 'no other library' : `only ${allowed.join(', ')}`}.`,
  severity: 'error',
  from: { path: `^libs/${name}/` },
  to: { path: '^libs/', pathNot: [`^libs/(${[name, ...allowed].join('|')})/`] },
}));

module.exports = {
  forbidden: [
    ...foundationRules,
    {
      name: 'contexts-meet-through-doors',
      comment:
        'Import another library as @streamvault/<name> or @streamvault/<name>/events, never a file behind its doors.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: {
        path: '^libs/',
        pathNot: ['^libs/$1/', anyDoor, testing],
      },
    },
    {
      name: 'others-enter-libraries-through-doors',
      comment: 'Applications, tests and benchmarks import a library as @streamvault/<name>, never a file behind it.',
      severity: 'error',
      from: { pathNot: '^libs/' },
      to: { path: '^libs/', pathNot: [anyDoor, testing] },
    },
    {
      name: 'testing-doors-are-for-tests',
      comment: 'Test support (*.testing.ts) is not built: production code cannot import it.',
      severity: 'error',
      from: { pathNot: [notForProduction, '^tests/', '^bench/'] },
      to: { path: '\\.testing\\.ts$' },
    },
    {
      name: 'domain-is-pure',
      comment: 'domain/ decides and nothing else: of files, only its own domain and the pure doors it is written in.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/src/domain/', pathNot: notForProduction },
      to: {
        path: '^(libs|apps|tests|bench)/',
        pathNot: ['^libs/$1/src/domain/', door(['api-contract', 'kernel', 'event-store'])],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'domain-takes-only-types-from-ports',
      comment: "domain/ may name the types of another context's door, and of nothing else outside its own folder.",
      severity: 'error',
      from: { path: '^libs/([^/]+)/src/domain/', pathNot: notForProduction },
      to: {
        path: '^(libs|apps|tests|bench)/',
        pathNot: ['^libs/$1/src/domain/', anyDoor],
        dependencyTypes: ['type-only'],
      },
    },
    {
      name: 'domain-knows-no-framework',
      comment: 'domain/ imports no package but zod and xstate: no Nest, no MikroORM, no driver.',
      severity: 'error',
      from: { path: '^libs/[^/]+/src/domain/', pathNot: notForProduction },
      to: { path: 'node_modules/', pathNot: '^node_modules/(zod|xstate)/' },
    },
    {
      name: 'domain-knows-no-node',
      comment: 'domain/ has no clock, no files, no random: nothing of Node.',
      severity: 'error',
      from: { path: '^libs/[^/]+/src/domain/', pathNot: notForProduction },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'only-http-knows-http',
      comment:
        "Nest's HTTP decorators, Fastify and Swagger belong in http/ (and in http-kit, which all controllers share).",
      severity: 'error',
      from: { path: '^libs/', pathNot: ['^libs/[^/]+/src/http/', '^libs/http-kit/', notForProduction] },
      to: { path: 'node_modules/(fastify|@nestjs/swagger|@nestjs/platform-fastify)/' },
    },
    {
      name: 'libraries-know-no-application',
      comment: 'Applications import libraries, never the reverse; tests and benchmarks are imported by nobody.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(apps|tests|bench|scripts)/' },
    },
    {
      name: 'applications-stand-alone',
      comment: 'An application imports no other, and nothing of the tests.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^(apps|tests|bench|scripts)/', pathNot: '^apps/$1/' },
    },
    {
      name: 'console-knows-only-the-contract',
      comment: 'The console shares libs/api-contract with the server and no other library.',
      severity: 'error',
      from: { path: '^apps/admin/' },
      to: { path: '^libs/', pathNot: '^libs/api-contract/' },
    },
    {
      name: 'console-runs-in-a-browser',
      comment: 'The console cannot import what only Node has.',
      severity: 'error',
      from: { path: '^apps/admin/src/', pathNot: notForProduction },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one idea in two places: move what they share into a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'Nothing that runs leads to this file: use it or delete it.',
      severity: 'error',
      from: { path: roots },
      to: {
        path: '^(apps|libs)/[^/]+/src/.*\\.ts$',
        pathNot: [notForProduction, roots, '\\.d\\.ts$'],
        reachable: false,
      },
    },
    {
      name: 'no-unresolvable',
      comment: 'This import leads nowhere: misspelt, not installed, or behind a door of another library.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-undeclared-packages',
      comment: 'Declare the package in the package.json of the application or library that imports it.',
      severity: 'error',
      from: { pathNot: [notForProduction, '^(tests|bench)/'] },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-development-packages-in-production',
      comment: 'A devDependency is not there after `npm ci --omit=dev`: declare it under dependencies.',
      severity: 'error',
      from: { path: '^(apps|libs)/[^/]+/src/', pathNot: notForProduction },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|compiled|coverage|artifacts|\\.angular)/' },
    combinedDependencies: true,
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.boundaries.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.cjs', '.js', '.json', '.d.ts'],
    },
  },
};
