"""`wence --url …`: the commands that ask a running service in place of an index here."""
