import angular from 'angular-eslint';

// What oxlint cannot see: Angular's own rules, and templates, also those that stand inside a component.
const named = (configs, files) => configs.map((config) => ({ ...config, files }));

export default [
  { ignores: ['**/dist/**'] },
  ...named(angular.configs.tsRecommended, ['**/*.ts']),
  {
    files: ['**/*.ts'],
    processor: angular.processInlineTemplates,
    rules: {
      '@angular-eslint/component-selector': ['error', { type: 'element', prefix: 'sv', style: 'kebab-case' }],
      '@angular-eslint/component-class-suffix': 'off',
      '@angular-eslint/prefer-signals': 'error',
    },
  },
  ...named([...angular.configs.templateRecommended, ...angular.configs.templateAccessibility], ['**/*.html']),
  {
    files: ['**/*.html'],
    rules: {
      '@angular-eslint/template/prefer-control-flow': 'error',
      '@angular-eslint/template/prefer-self-closing-tags': 'error',
      '@angular-eslint/template/button-has-type': 'error',
      '@angular-eslint/template/no-any': 'error',
      // `track $index` in a list that is only ever replaced whole.
      '@angular-eslint/template/use-track-by-function': 'off',
    },
  },
];
