"""The errors of the whole house; each message says what to do.

WenceError
├── InputError           what the caller gave is wrong (HTTP 4xx, exit 1)
│   ├── DocumentError        a document cannot be read or does not prove itself
│   └── NotFoundError        no measure, document or unit of that name
└── SetupError           what the operator set up is wrong (HTTP 503, exit 1)
    ├── IndexMissingError    there is no index yet
    ├── IndexMismatchError   the index does not match its manifest or this program
    └── ModelError           the embedding model is missing or unfit
"""


class WenceError(Exception):
    """Any failure that this program explains to its user."""


class InputError(WenceError):
    """What the caller gave is wrong; the message says how to mend it."""


class DocumentError(InputError):
    """A document cannot be read, or does not prove itself."""


class NotFoundError(InputError):
    """Nothing has that name."""


class SetupError(WenceError):
    """What the operator set up is wrong; the message says how to mend it."""


class IndexMissingError(SetupError):
    """There is no index in the data folder."""


class IndexMismatchError(SetupError):
    """The index does not match its manifest or this program."""


class ModelError(SetupError):
    """The embedding model is missing or unfit."""
