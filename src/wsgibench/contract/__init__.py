"""What servers, proxies and monitors are held to: tests on real processes, over every adapter that is registered.

With pytest (the extra ``contract``) ``pytest --pyargs wsgibench.contract`` runs them; ``--adapter mypackage:SERVER``
holds one alone to it. docs/howto/adapter.md says how to write one.
"""
