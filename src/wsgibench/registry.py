"""Adapters found by file name.

An adapter is one module of its package that binds one name: ``servers/uwsgi_http.py`` binds ``SERVER`` and is the
server ``uwsgi-http``. Files that begin with an underscore belong to an adapter and are none. Other distributions add
adapters through the entry point group named after the package, for example ``wsgibench.servers``.
Listing names imports nothing; an adapter is imported when it is asked for.
"""

import importlib
import importlib.metadata
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Generic, TypeVar

from wsgibench.errors import UnknownNameError

T = TypeVar("T")


@dataclass(frozen=True)
class Registry(Generic[T]):
    """The adapters of one kind.

    Attributes:
        package: the package that holds them, also the entry point group of third parties.
        kind: what one of them is called in messages, ``server``.
        attribute: the name that each module binds, ``SERVER``.
        adapter: the type of what it is bound to.
    """

    package: str
    kind: str
    attribute: str
    adapter: type[T] = field(repr=False)

    def names(self) -> tuple[str, ...]:
        """All names, sorted, hyphenated."""
        return tuple(sorted({*self.own(), *self._third_party()}))

    def get(self, name: str) -> T:
        """The adapter of that name.

        Raises:
            UnknownNameError: there is none; suggests the nearest.
        """
        third_party = self._third_party()
        if name in self.own():
            found = getattr(importlib.import_module(f"{self.package}.{name.replace('-', '_')}"), self.attribute)
        elif name in third_party:
            found = third_party[name].load()
        else:
            raise UnknownNameError(self.kind, name, self.names())
        if not isinstance(found, self.adapter):
            raise TypeError(f"{self.kind} '{name}' is no {self.adapter.__name__} but {found!r}")
        return found

    def own(self) -> frozenset[str]:
        """The names of those that wsgibench comes with."""
        return _modules(self.package)

    def _third_party(self) -> Mapping[str, importlib.metadata.EntryPoint]:
        return _entry_points(self.package)


@cache
def _modules(package: str) -> frozenset[str]:
    """The names of those that it comes with; kept, since a run's evidence asks for adapters hundreds of times."""
    paths = importlib.import_module(package).__path__
    return frozenset(
        module.name.replace("_", "-") for module in pkgutil.iter_modules(paths) if not module.name.startswith("_")
    )


@cache
def _entry_points(group: str) -> Mapping[str, importlib.metadata.EntryPoint]:
    """By name; kept, for the same reason."""
    return {point.name: point for point in _all_entry_points().select(group=group)}


@cache
def _all_entry_points() -> Any:  # noqa: ANN401  # of another class in each version of Python; all have ``select``
    """Of all that is installed, which takes some 20 ms to look through."""
    return importlib.metadata.entry_points()
