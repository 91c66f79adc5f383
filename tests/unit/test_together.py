"""Of tests that run at once, those that are to be alone are."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from support.together import Together

SOON_S, NEVER_S = 20, 0.2


def inside(directory: Path, entered: threading.Event, leave: threading.Event, *, alone: bool) -> None:
    with closing(Together(directory)) as together:
        together.enter(alone=alone)
        entered.set()
        assert leave.wait(SOON_S)


def test_who_is_to_be_alone_waits_and_lets_nobody_in_before(tmp_path: Path) -> None:
    """Two others share the room, and one that comes later waits until who was before it has been alone."""
    first, second, alone, late, leave, leave_alone = (threading.Event() for _ in range(6))
    with ThreadPoolExecutor() as pool:
        done = [pool.submit(inside, tmp_path, entered, leave, alone=False) for entered in (first, second)]
        assert first.wait(SOON_S)
        assert second.wait(SOON_S)
        done.append(pool.submit(inside, tmp_path, alone, leave_alone, alone=True))
        assert not alone.wait(NEVER_S)
        done.append(pool.submit(inside, tmp_path, late, leave, alone=False))
        assert not late.wait(NEVER_S)
        leave.set()
        assert alone.wait(SOON_S)
        assert not late.wait(NEVER_S)
        leave_alone.set()
        assert late.wait(SOON_S)
        for each in done:
            each.result(SOON_S)


def test_two_that_come_to_need_the_room_for_themselves_get_it_in_turn(tmp_path: Path) -> None:
    """Neither waits for the other to leave, though both are in it."""
    both, taken = threading.Barrier(2), threading.Lock()

    def come_to_be_alone() -> None:
        with closing(Together(tmp_path)) as together:
            together.enter(alone=False)
            both.wait(SOON_S)
            together.enter(alone=True)
            assert taken.acquire(blocking=False), "the other is in there, too"
            assert not threading.Event().wait(NEVER_S)
            taken.release()

    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(come_to_be_alone) for _ in range(2)]:
            done.result(SOON_S)


def test_who_is_alone_stays_so_until_it_leaves(tmp_path: Path) -> None:
    """Nobody gets in between two tests of the same process that are both to be alone."""
    entered, leave = threading.Event(), threading.Event()
    leave.set()
    with closing(Together(tmp_path)) as together, ThreadPoolExecutor() as pool:
        together.enter(alone=True)
        other = pool.submit(inside, tmp_path, entered, leave, alone=False)
        together.enter(alone=True)
        assert not entered.wait(NEVER_S)
        together.leave()
        other.result(SOON_S)
