import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/**', 'test/fixtures/**', 'bench/node_modules/**', 'bench/results/**', '**/*.generated.ts'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      'no-console': 'error',
      eqeqeq: 'error',
      // Fields that are taken out of an object to leave the rest.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      'prefer-const': 'error',
      '@typescript-eslint/no-unused-expressions': 'off', // chai's property assertions
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  {
    files: ['test/**'],
    rules: {
      // Defined while another test runs, a test is never run.
      'no-restricted-syntax': [
        'error',
        { selector: "CallExpression[callee.name='it'] CallExpression[callee.name='it']", message: 'A test in a test.' },
      ],
    },
  },
  { files: ['test/**', 'examples/**', 'bench/**', 'scripts/**'], rules: { 'no-console': 'off' } },
);
