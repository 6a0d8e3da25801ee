"""An optional language model that tells an answer, sentence by sentence on its measures."""
