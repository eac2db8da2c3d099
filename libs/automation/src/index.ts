// The door of `automation`.
