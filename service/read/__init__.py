"""A question → what it asks: words, slots, and slots from the turn before."""
