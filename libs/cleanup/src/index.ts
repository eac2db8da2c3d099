// The door of `cleanup`.
