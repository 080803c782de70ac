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
      name: 'monitor-and-agent-share-only-shared',
      comment:
        'Three programs: the monitor and the agent know of each other only what machines/shared and adapters/shared hold.',
      severity: 'error',
      from: { path: '^(machines|adapters)/(monitor|agent)/' },
      to: {
        path: '^(machines|adapters)/(monitor|agent|simulation|tools|cli|core)/',
        pathNot: '^(machines|adapters)/$2/',
      },
    },
    {
      name: 'shared-knows-no-program',
      severity: 'error',
      from: { path: '^(machines|adapters)/shared/' },
      to: { path: '^(machines|adapters)/(monitor|agent|simulation|tools|cli|core)/' },
    },
    {
      name: 'streams-feed-the-monitor',
      comment: 'The agent reads no kernel file.',
      severity: 'error',
      from: { path: '^(adapters/(agent|shared)|machines)/' },
      to: { path: '^streams/' },
    },
    {
      name: 'no-program-imports-the-command-line',
      severity: 'error',
      from: { pathNot: '^(adapters/cli|specs)/' },
      to: { path: '^adapters/cli/' },
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
