// The door of `notifications`.
