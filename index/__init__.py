"""Measures in, ranked hits out."""
