"""The head of the log, kept outside: each signed checkpoint goes to places that the operator does not rule."""
