"""The native load engine, a program of its own: ``python -m wsgibench.engines._native JOBFILE``.

From the outside in: ``__main__`` starts it; ``coordinator`` shares a job among processes; ``session`` obeys commands;
``turn`` runs one load, of which ``open_load``, ``closed_load`` or ``user_load`` decides when a request goes out, and on
which connection of the ``pool``; ``connection`` sends it and reads the answer with ``response``; ``tally`` counts;
``poller`` waits.
"""
