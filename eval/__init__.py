"""The harness: queries, qrels, cases, metrics, runs, report."""
