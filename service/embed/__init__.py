"""The search box for other people's pages: one script, and a page that shows it."""
