/** Injection tokens for what has no class of its own. */

/** The {@link EventStore} of this process. */
export const EVENT_STORE = Symbol('EventStore');
/** A {@link KernelLogger}. */
export const KERNEL_LOGGER = Symbol('KernelLogger');
/** An {@link Installation}. */
export const INSTALLATION = Symbol('Installation');

/**
 * Lists of what all contexts contribute, made by Nest: {@link Job}s, {@link Reaction}s, {@link RunnableStep}s, and so
 * on.
 */
export const ALL_JOBS = Symbol('all jobs');
export const ALL_REACTIONS = Symbol('all reactions');
export const ALL_STEPS = Symbol('all steps');
export const ALL_HEALTH_SOURCES = Symbol('all health sources');
export const ALL_METRICS_SOURCES = Symbol('all metrics sources');
