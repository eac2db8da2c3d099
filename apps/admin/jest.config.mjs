import presets from 'jest-preset-angular/presets/index.js';

export default {
  ...presets.createEsmPreset(),
  displayName: 'admin',
  rootDir: import.meta.dirname,
  roots: ['<rootDir>/src', '<rootDir>/testing'],
  testMatch: ['**/*.spec.ts'],
  setupFilesAfterEnv: ['<rootDir>/testing/setup-jest.ts'],
  modulePathIgnorePatterns: ['/dist/'],
};
