"""Documents in, measures out."""
