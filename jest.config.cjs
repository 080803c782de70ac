/** Specs run from TypeScript sources through swc; types are checked apart by `make check`. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/specs'],
  testMatch: ['**/*.spec.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
  },
  globalSetup: './specs/support/run-directory/make.ts',
  globalTeardown: './specs/support/run-directory/remove.ts',
  // The machine has few cores, and several specs start servers or child processes of their own.
  maxWorkers: 2,
  testTimeout: 20_000,
  // Transformed sources; beside the caches of the other checks, so that `make clean` takes it too.
  cacheDirectory: '<rootDir>/.cache/jest',
};
