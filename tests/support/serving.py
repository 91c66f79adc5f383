"""What the contract starts, on tests' own apps."""

from pathlib import Path

from wsgibench.contract.serving import app_for as contract_app_for
from wsgibench.contract.serving import programs_of
from wsgibench.model.app import App
from wsgibench.proxies import PROXIES

APPS = Path(__file__).parent.parent / "apps"


def app_for(name: str, target: str) -> App:
    """The app below ``tests/apps``, in the form that the server calls."""
    return contract_app_for(name, target, APPS)


def stacks_by_others() -> list[str]:
    """A stack for each proxy here but nginx, by private sockets where it knows them."""
    here = [(name, PROXIES.get(name)) for name in PROXIES.names() if name != "nginx" and programs_of(name)]
    return [f"{name}+gunicorn{'' if 'unix' in proxy.binds else ':tcp'}" for name, proxy in here]
