"""OpenAI's interface: chat completions, models and embeddings, as its clients call them."""
