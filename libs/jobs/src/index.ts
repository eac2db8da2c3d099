// The door of `jobs`.
