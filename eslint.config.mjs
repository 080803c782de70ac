import js from '@eslint/js';
import ts from 'typescript-eslint';
import prettier from 'eslint-config-prettier';

/** Readers should be able to hold a file and a function in the head (docs/ARCHITECTURE.md). */
const SMALL = {
  'max-lines': ['error', { max: 250 }],
  'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
};

/** Rule R2: the clock and randomness reach the core and the streams only as events. */
const NO_CLOCK = {
  'no-restricted-globals': ['error', 'Date', 'performance', 'process', 'setTimeout', 'setInterval', 'setImmediate'],
  'no-restricted-properties': ['error', { object: 'Math', property: 'random' }],
};

/** What JSON cannot hold must not enter a log, a saved state or a frame: see machines/shared/events/finite.ts. */
const FINITE_NUMBERS = {
  'no-restricted-syntax': [
    'error',
    {
      selector: "MemberExpression[object.name='t'][property.name='number']",
      message: "Use 'finite': t.number takes NaN.",
    },
  ],
};

export default ts.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', '.cache/'] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.mjs', '*.cjs'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      ...SMALL,
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // Codecs are values and types under one name, as io-ts is written.
      '@typescript-eslint/no-redeclare': 'off',
      'no-duplicate-imports': 'error',
      'no-console': 'error',
    },
  },
  { files: ['machines/**/*.ts', 'streams/**/*.ts'], rules: NO_CLOCK },
  { files: ['machines/**/*.ts'], rules: FINITE_NUMBERS },
  {
    files: ['specs/**/*.ts'],
    rules: { 'max-lines-per-function': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  { files: ['**/*.{mjs,cjs}'], ...ts.configs.disableTypeChecked },
  {
    files: ['**/*.{mjs,cjs}'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', module: 'writable', require: 'readonly' } },
    rules: {
      ...ts.configs.disableTypeChecked.rules,
      'no-console': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      '@typescript-eslint/no-require-imports': 'off',
    },
  },
  prettier,
);
