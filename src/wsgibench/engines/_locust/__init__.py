"""The load engine ``locust``, a program of its own: ``python -m wsgibench.engines._locust JOBFILE``.

It speaks as ``wsgibench.model.engine`` says. Locust is used as a library for what it is good at: users, their ramp, and
master and workers. Its statistics are not used: they are rounded to two digits and cumulative.

    one process          ``engine`` -> ``process``
    several processes    ``engine`` -> ``master`` ~~> ``worker`` -> ``process``, by Locust's own protocol

What it understands of ``EngineJob.options``:

    ``client``              ``fast`` (``FastHttpUser``, the default) or ``http`` (``HttpUser``).
    ``locustfile``          path of the user's own; its user classes make the load, and of ``Requests``
                            only the time-out applies, as the limit of the drain.
    ``master-bind-host``    where workers on other machines find the master; loopback unless said otherwise, since
                            Locust's protocol neither authenticates nor encrypts.
    ``master-bind-port``    5557 unless said otherwise.

``http`` spends some 0.6 ms of CPU on a request, which is in its latencies; ``fast`` a third of that. And ``http`` takes
an answer that ends within its headers for a complete one without a body: only a checked body shows it.

Reproducible from the seed: the sequence of paths of each process, and that of waits of each user. Not reproducible:
which user asks for which path, and, with several processes, which of them has which users.
"""
