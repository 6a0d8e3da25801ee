"""Retrievers for other people's frameworks, each a thin coat over the client."""
