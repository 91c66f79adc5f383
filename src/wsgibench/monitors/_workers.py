"""Workers of a server or proxy that others took the place of."""

from wsgibench.monitors._processes import ProcessTable, sockets_of


class Replaced:
    """Counts them: children of a root that have a socket in common with it, which it listens at for them.

    What an app starts, a command for each request, is a child of a worker, or has no such socket.
    """

    def __init__(self, roots: tuple[int, ...]) -> None:
        self.count = 0
        self._roots = roots
        self._workers: set[tuple[int, int]] = set()
        self._vacancies = 0

    def update(self, table: ProcessTable) -> None:
        """Find out who ended and who was born: so many as others had ended before have replaced them."""
        workers = {who for root in self._roots for who in self._workers_of(root, table)}
        born = len(workers - self._workers)
        self._vacancies += len(self._workers - workers)
        replaced = min(born, self._vacancies)
        self._vacancies -= replaced
        self.count += replaced
        self._workers = workers

    def _workers_of(self, root: int, table: ProcessTable) -> list[tuple[int, int]]:
        children = [(pid, table.processes[pid].start) for pid in table.children.get(root, ())]
        known = [who for who in children if who in self._workers]
        if len(known) == len(children):
            return known
        shared = sockets_of(root)
        return known + [who for who in children if who not in self._workers and sockets_of(who[0]) & shared]
