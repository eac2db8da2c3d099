// The door of `access`.
