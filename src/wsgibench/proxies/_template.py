"""Configurations made from templates."""

from collections.abc import Callable

import jinja2

from wsgibench.model.proxy import BODY_BYTES, FORGEABLE, ProxyLaunch


def rendered(name: str, launch: ProxyLaunch, **filters: Callable[..., object]) -> str:
    """The text of a template beside this file, which has the launch and what holds for all proxies."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("wsgibench", "proxies"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  # no HTML; what goes in is quoted by the filters
    )
    environment.filters |= filters
    return environment.get_template(name).render(launch=launch, forgeable=FORGEABLE, body_bytes=BODY_BYTES)
