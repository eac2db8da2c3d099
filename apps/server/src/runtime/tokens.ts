export const SETTINGS = Symbol('Settings');
export const LOGGER = Symbol('Logger');
