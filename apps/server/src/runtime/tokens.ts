export const EVENT_STORE = Symbol('EventStore');
export const SETTINGS = Symbol('Settings');
export const LOGGER = Symbol('Logger');
