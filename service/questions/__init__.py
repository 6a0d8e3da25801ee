"""常见问法: checking and drafting the question file of a document."""
