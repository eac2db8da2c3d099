// The door of `storage`.
