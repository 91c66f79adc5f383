"""Becomes a program whose environment stands in a file: ``python -I -S _launch.py FILE PROGRAM ARGUMENT ...``.

Every user of the machine can read a command line (proc(5)), and nobody but us the file. It is executed by path and
without site-packages, since each start of a program waits for it.
"""

import os
import sys

_SUPERVISORS = b"SUPERVISOR_"
"""What supervisord adds to every program's environment begins so; it is none of an app's business."""


def main() -> None:
    """Read the variables, ended by NUL each as in ``/proc/PID/environ``, and execute the program."""
    file, *argv = sys.argv[1:]
    environment = {name: value for name, value in os.environb.items() if not name.startswith(_SUPERVISORS)}
    with open(file, "rb") as variables:  # noqa: PTH123  # pathlib takes longer to import than all else here
        content = variables.read()
    for variable in content.split(b"\0")[:-1]:
        name, _, value = variable.partition(b"=")
        environment[name] = value
    try:
        os.execvpe(argv[0], argv, environment)  # noqa: S606  # no shell is what is wanted
    except OSError as exc:
        sys.exit(f"'{argv[0]}' cannot be executed: {exc.strerror}.")


main()
