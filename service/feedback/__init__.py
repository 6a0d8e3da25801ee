"""What was asked and how answers were judged: kept, masked, counted, exported."""
