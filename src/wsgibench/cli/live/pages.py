"""The page of the run as far as it has come."""

import threading

from wsgibench.analysis.audit import audit
from wsgibench.analysis.verdict import verdict_of
from wsgibench.errors import WsgibenchError
from wsgibench.report.page import page_of
from wsgibench.runs.folder import RunFolder


class Pages:
    """Makes the page from the folder, once for each state of it, however many ask.

    That takes two seconds of CPU, which could be seen in the response times of what is measured meanwhile
    (benchmarks/live_page.py). Between blocks nothing is.

    Attributes:
        may_wait: whether something is being measured; then who has a page already, and asks for a newer one, gets the
            one before.
        trouble: why the page could not be made the last time; empty where it could.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.may_wait = False
        self.trouble = ""
        self._folder = folder
        self._making = threading.Lock()
        self._state: tuple[str, int] | None = None
        self._page = b""

    def latest(self) -> bytes:
        """The page as UTF-8; live while the run goes on. Where it cannot be made, the one before, or nothing."""
        with self._making:
            if self._page and self.may_wait:
                return self._page
            try:
                self._make()
            except Exception as exc:  # noqa: BLE001 - whatever it is, the run goes on, and whoever watches should know
                what = exc.message if isinstance(exc, WsgibenchError) else f"{type(exc).__name__}: {exc}"
                self.trouble = f"The page could not be made: {what}"
            else:
                self.trouble = ""
            return self._page

    def _make(self) -> None:
        run = self._folder.read()
        state = run.run.status, len(run.trials)
        if state != self._state:
            audited = audit(self._folder)
            verdict = verdict_of(self._folder, audited)
            page = page_of(self._folder, verdict, audited=audited, live=run.run.status == "running")
            self._page, self._state = page.encode(), state
