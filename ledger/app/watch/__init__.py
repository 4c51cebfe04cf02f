"""Watching a book: rules over what is due, open, unlikely or contradicted, each alert told at least once, with one id."""
