"""Small fakes that stand beside the protocols of the packages."""

import hashlib
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

DIMENSION = 64


class FakeEmbedder:
    """Hashed bags of characters: texts that share characters are near; the same text is 1."""

    identity = "fake-character-bag"

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode n queries to (n, 64)."""
        self.encoded += texts
        return np.stack([bag(text) for text in texts])

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode n passages to (n, 64)."""
        return self.encode_queries(texts)


def bag(text: str) -> NDArray[np.float32]:
    """The normalised counts of a text's characters, each hashed to one of 64 places."""
    counts = np.zeros(DIMENSION, np.float32)
    for character, count in Counter(text or " ").items():
        digest = hashlib.sha256(character.encode("utf-8", "surrogatepass")).digest()
        counts[digest[0] % DIMENSION] += count
    vector: NDArray[np.float32] = counts / np.linalg.norm(counts)
    return vector
