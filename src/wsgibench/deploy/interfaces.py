"""How the app is to be called: as its user says, else by its signature."""

from collections.abc import Iterable

import msgspec

from wsgibench.deploy.environment import built_environment
from wsgibench.model.app import App
from wsgibench.model.stack import Stack
from wsgibench.processes.interface import interface_of
from wsgibench.servers import SERVERS


def form_for(app: App, stacks: Iterable[Stack]) -> App:
    """The app in the form that all these stacks serve, where it is one; else as it is."""
    interfaces = {SERVERS.get(stack.server).interface for stack in stacks}
    return (app.called_by(interfaces.pop()) or app) if len(interfaces) == 1 else app


def with_interface(app: App, servers: Iterable[str], *, timeout_s: float) -> App:
    """The app with its interface, where it can be found out; ``servers`` are those that are to serve it.

    It is loaded for that, but not for servers of WSGI alone: what they say to an app of the other kind tells it, too.
    """
    if app.interface:
        return app
    wanted = {SERVERS.get(server).interface for server in servers}
    if wanted == {"wsgi"}:
        return msgspec.structs.replace(app, interface="wsgi")
    found = interface_of(app, timeout_s=timeout_s, inherited=built_environment())
    return msgspec.structs.replace(app, interface=found)
