"""Every error that quoteserver raises on purpose.

    QuoteserverError        exit code 1: it failed
    ├── UsageError          exit code 2: the command line, the environment or a file is wrong
    └── StoreDownError      exit code 3: the store does not answer, or holds no quotations

An error says in one sentence what happened, with the value that caused it; ``hint`` says what to do about it.
On the web a store that is down is a 503; the message goes to the log, not to the client.
"""


class QuoteserverError(Exception):
    """One sentence about what happened, and a hint about what to do."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class UsageError(QuoteserverError):
    """The command line, the environment or a file of quotations is wrong."""

    exit_code = 2


class StoreDownError(QuoteserverError):
    """The store does not answer, or what answers is no store of quotations."""

    exit_code = 3
