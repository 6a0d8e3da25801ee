"""Questions in, answers out: command line, HTTP and page."""
