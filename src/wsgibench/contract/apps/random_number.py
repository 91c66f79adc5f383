"""Answers with its process id and the first random number that the process drew."""

import os
import random

first = {}


def app(_environ, start_response):
    pid = os.getpid()
    data = f"{pid} {first.setdefault(pid, random.random())}".encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(data)))])
    return [data]
