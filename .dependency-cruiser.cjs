/** Dependencies run machines <- streams <- adapters; specs may import all, nothing imports specs. */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'machines-are-pure',
      comment: 'Rule R2: the core imports itself, xstate, io-ts, fp-ts and lossless-json only.',
      severity: 'error',
      from: { path: '^machines/' },
      to: { pathNot: '^(machines/|node_modules/(xstate|io-ts|fp-ts|lossless-json)/)' },
    },
    {
      name: 'streams-do-no-io',
      severity: 'error',
      from: { path: '^streams/' },
      to: { pathNot: '^(machines/|streams/|node_modules/(rxjs|io-ts|fp-ts)/)' },
    },
    { name: 'nothing-imports-specs', severity: 'error', from: { pathNot: '^specs/' }, to: { path: '^specs/' } },
    {
      name: 'no-dev-dependencies',
      severity: 'error',
      from: { path: '^(machines|streams|adapters)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.(spec|d)\\.ts$', '^specs/', 'index\\.ts$'] },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
