// One pass over every half of the house: the libraries and the server, the console, and the whole thing from outside.
// The end-to-end project takes the BUILT server; `npm test` builds first.
const typescript = {
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleNameMapper: {
    '^@streamvault/kernel/testing$': '<rootDir>/libs/kernel/src/given-when-then.testing.ts',
    '^@streamvault/kernel/postgres-testing$': '<rootDir>/libs/kernel/src/postgres-server.testing.ts',
    '^@streamvault/event-store/kurrentdb-testing$': '<rootDir>/libs/event-store/src/kurrentdb-server.testing.ts',
    '^@streamvault/([^/]+)/events$': '<rootDir>/libs/$1/src/events.ts',
    '^@streamvault/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  testEnvironment: 'node',
};
const only = process.env.JEST_ONLY?.split(',');
const projects = [
  {
    ...typescript,
    displayName: 'server',
    rootDir: import.meta.dirname,
    roots: ['<rootDir>/libs', '<rootDir>/apps/server', '<rootDir>/apps/cli'],
    testMatch: ['**/*.spec.ts'],
    testPathIgnorePatterns: ['/node_modules/', '/dist/', '/compiled/'],
    modulePathIgnorePatterns: ['/dist/', '/compiled/'],
  },
  {
    ...typescript,
    displayName: 'e2e',
    rootDir: import.meta.dirname,
    roots: ['<rootDir>/tests'],
    testMatch: ['**/*.spec.ts'],
    testPathIgnorePatterns: ['/node_modules/', '/dist/', '/compiled/'],
    modulePathIgnorePatterns: ['/dist/', '/compiled/'],
  },
  '<rootDir>/apps/admin/jest.config.mjs',
];
const name = (project) => (typeof project === 'string' ? 'admin' : project.displayName);

export default {
  coverageProvider: 'v8',
  maxWorkers: 2,
  testSequencer: '<rootDir>/scripts/longest-first.mjs',
  testTimeout: 60_000,
  projects: only ? projects.filter((project) => only.includes(name(project))) : projects,
};
