"""Before the first block one stack stands for all of its variant: what is wrong with the app is wrong on each."""

import time
from collections.abc import Iterator, Sequence

from wsgibench.deploy.preflight.inquiry import Inquiry, in_good_time
from wsgibench.errors import AnswerError
from wsgibench.processes.readiness import NOT_READY

_FAILED = 500
_WORDS = 2
_HERE_IT_ENDS = "What is wrong with the app is wrong on every stack, so the run ends here."
_WITHOUT_IT = "Without the variant '{}' there is nothing to compare, so the run ends here."


class Preflight:
    """Asks the first stack of a variant that comes up for every path, twice.

    Attributes:
        is_passed: whether a stack has answered all of them right. From then on, what another one does wrong is its own
            fault, and not the app's.
    """

    def __init__(
        self, paths: Sequence[str], kinds: int, *, stacks: int, start_timeout_s: float, variant: str = ""
    ) -> None:
        """``paths`` begin with one of each of so many ``kinds``, and the app's check paths.

        ``stacks`` is how many serve the variant, whose name is empty in a run without several.
        """
        self.is_passed = False
        self._here_it_ends = _WITHOUT_IT.format(variant) if variant else _HERE_IT_ENDS
        self._failed = 0
        self._stacks = stacks
        self._paths = tuple(paths)
        self._kinds = kinds
        self._start_timeout_s = start_timeout_s

    def check(self, inquiry: Inquiry) -> Iterator[str]:
        """Sentences about what is right and worth knowing; nothing once it is passed.

        Raises:
            AnswerError: an answer is not right: a redirect, an error, one without end, another status the second time.
            StartError: there is none that could be read.
        """
        if self.is_passed:
            return
        until = time.monotonic() + self._start_timeout_s
        varying = []
        for path in in_good_time(self._paths, kinds=self._kinds):
            first = inquiry.right_answer(path, until=until)
            second = inquiry.right_answer(path, until=until, before=first.status)
            if first.body != second.body:
                varying.append(path)
        self.is_passed = True
        if varying:
            more = f", and so have {len(varying) - 1} more" if len(varying) > 1 else ""
            yield (
                f"{varying[0]} has another body each time, a time or a token in it perhaps{more}: "
                "what such answers hold is not compared, only their status."
            )

    def judge(self, error: AnswerError) -> None:
        """Return if it may be the fault of the stack that answered so, and not the app's.

        An app may fail under one server alone: of errors of its own a second stack's word is heard.

        Raises:
            AnswerError: it is the app's, and ends the run.
        """
        if self.is_passed:
            return
        self._failed += 1
        is_own_error = error.status is not None and error.status >= _FAILED and error.status != NOT_READY
        if is_own_error and self._failed < min(self._stacks, _WORDS):
            return
        raise AnswerError(error.message, f"{error.hint}\n{self._here_it_ends}", status=error.status) from error
