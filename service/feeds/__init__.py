"""What is due when, for feed readers and calendars."""
