"""A module that binds the app to a plain name, for servers that cannot follow ``module:shop.app`` by themselves."""

from wsgibench.model.app import App
from wsgibench.model.server import Launch

_MODULE = "wsgibench_entry"


def entry_target(app: App) -> str:
    """The target to hand to the server: the app's own, or ``app`` of the module in ``entry_files``."""
    return f"{_MODULE}:app" if "." in app.attribute else app.target


def entry_directories(launch: Launch) -> tuple[str, ...]:
    """What the import path begins with: the app's directory, and where ``entry_files`` puts its module."""
    directory = launch.app.directory
    return (directory, launch.directory) if "." in launch.app.attribute else (directory,)


def entry_files(launch: Launch) -> dict[str, str]:
    """The module by its path; nothing where the server finds the app itself."""
    app = launch.app
    if "." not in app.attribute:
        return {}
    call = "()" if app.is_factory else ""
    return {f"{launch.directory}/{_MODULE}.py": f"import {app.module}\n\napp = {app.module}.{app.attribute}{call}\n"}
