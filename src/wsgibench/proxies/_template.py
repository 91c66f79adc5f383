"""Configurations made from templates, and values as they can stand in them."""

import re
from collections.abc import Callable

from wsgibench.errors import UsageError
from wsgibench.model.proxy import BODY_BYTES, FORGEABLE, ProxyLaunch


def rendered(name: str, launch: ProxyLaunch, **filters: Callable[..., object]) -> str:
    """The text of a template beside this file, which has the launch and what holds for all proxies."""
    # Here: stacks without a proxy would wait for it, too.
    import jinja2  # noqa: PLC0415

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


def double_quoted(proxy: str, value: str, unquotable: re.Pattern[str]) -> str:
    """The value between double quotes, whatever blanks, quotes, semicolons or braces it has.

    Raises:
        UsageError: it has what no quotes of the proxy's keep as it is.
    """
    refuse_unquotable(proxy, value, unquotable)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def refuse_unquotable(proxy: str, value: str, unquotable: re.Pattern[str]) -> None:
    """Refuse a value with what no quotes of the proxy's keep as it is.

    Raises:
        UsageError: it has such a thing.
    """
    if match := unquotable.search(value):
        raise UsageError(
            f"{proxy} cannot be configured with {value!r}: nothing quotes {match[0]!r} there.",
            "Move or rename the directory.",
        )
