"""The workers and threads that a stack really has, beside those that it was asked for."""

from wsgibench.hosts import Host
from wsgibench.model.stack import Stack
from wsgibench.model.trial import WorkerCount
from wsgibench.servers import SERVERS


def worker_pids(host: Host, stack: Stack, server_pid: int) -> list[int]:
    """The processes that take requests, a router among them; the server's own where it starts no workers."""
    server = SERVERS.get(stack.server)
    found = host.listening_children(server_pid) if server.has_workers else []
    return found if found or (server.has_workers and not server.serves_alone) else [server_pid]


def workers_asked(stack: Stack) -> int:
    """How many processes of workers the stack is to have."""
    return stack.workers if SERVERS.get(stack.server).has_workers else 1


def slots(stack: Stack) -> int:
    """How many requests it is to work on at a time."""
    return stack.workers * stack.threads


def count_workers(host: Host, stack: Stack, server_pid: int) -> WorkerCount:
    """What runs now."""
    server = SERVERS.get(stack.server)
    pids = worker_pids(host, stack, server_pid)
    threads = server.threads_at_least(stack.workers, stack.threads)
    # A router has no threads of workers, and cannot be told from them: so many may have fewer.
    found = sorted(map(host.threads_of, pids))[server.routers :]
    return WorkerCount(
        asked=workers_asked(stack),
        found=len(pids) - server.routers,
        threads_asked=threads,
        threads_found=found[0] if threads and found else None,
    )
