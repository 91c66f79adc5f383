"""Who looks at command lines."""

import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self


class Watcher:
    """Reads every command line on the machine, as any user can, again and again."""

    def __init__(self, *secrets: str) -> None:
        self.seen: set[str] = set()
        self.rounds = 0
        self._secrets = [secret.encode() for secret in secrets]
        self._passed = {str(os.getpid())}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ending.is_set():
            self.rounds += 1
            for name in os.listdir("/proc"):  # noqa: PTH208  # as often as can be
                if name.isdigit() and name not in self._passed:
                    with suppress(OSError):
                        line = Path(f"/proc/{name}/cmdline").read_bytes()
                        if any(secret in line for secret in self._secrets):
                            self.seen.add(line.replace(b"\0", b" ").decode(errors="replace"))
