"""Where an answer sends its client, and what that tells of why."""

import re
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from wsgibench.deploy.preflight.seen import Seen, plain
from wsgibench.model.engine import HOST

SESSION = "--header 'Cookie: NAME=VALUE' with that of a session that is logged in"
_LOG_IN = re.compile(
    r"(?<![a-z])log[-_]?(in|on)\b|sign[-_]?in\b|\bsso\b|\boauth2?\b|\bauth\b|/accounts/", re.IGNORECASE
)
_NEXT = re.compile(r"(^|&)(next|return_?to|return_?url|redirect_?uri|continue)=", re.IGNORECASE)


def _other_scheme(seen: Seen) -> str | None:
    where = seen.location
    if where is None or where.scheme != "https" or not _is_same_page(seen):
        return None
    if seen.setup.forwarded_proto == "https":
        return (
            "It sends clients to https, though X-Forwarded-Proto says that they come by it: let the app believe that "
            "(Django: SECURE_PROXY_SSL_HEADER; Flask: ProxyFix)."
        )
    return "It sends clients to https. Ask as a proxy that speaks https to them does: --forwarded-proto https."


def _slash(seen: Seen) -> str | None:
    where = seen.location
    if where is None:
        return None
    there, here = unquote(where.path), unquote(seen.asked.path)
    wanted, query = urlsplit(f"//host{seen.template}").path, seen.template.partition("?")[1:]
    if there == f"{here}/":
        return f"It wants the slash at the end: --path '{wanted}/{''.join(query)}'."
    if here == f"{there}/" and there:
        return f"It wants no slash at the end: --path '{wanted.removesuffix('/')}{''.join(query)}'."
    return None


def _cookie(seen: Seen) -> str | None:
    if seen.location is None or not _is_same_page(seen) or "set-cookie" not in seen.headers:
        return None
    name = plain(seen.headers["set-cookie"].partition("=")[0])
    return f"It sets a cookie, and sends clients to come again with it: --header 'Cookie: {name}=VALUE'."


def _other_host(seen: Seen) -> str | None:
    where = seen.location
    sent = seen.sends("Host") or HOST
    if where is None or where.netloc in ("", sent) or not _is_same_page(seen):
        return None
    return f"It sends clients to its own name: --header 'Host: {plain(where.netloc)}'."


def _log_in(seen: Seen) -> str | None:
    where = seen.location
    if where is None or not (_LOG_IN.search(where.path) or _NEXT.search(where.query)):
        return None
    return f"It sends clients to log in. Send {SESSION}, or give pages that need none with --path."


def _other_page(seen: Seen) -> str | None:
    if not 300 <= seen.status < 400:
        return None
    return f"If that is its right answer, say so: --expect {seen.status}. Else give pages that it answers with --path."


def _is_same_page(seen: Seen) -> bool:
    """Whether a redirect leads to the very page that was asked for, or its slash: by another scheme, name or cookie."""
    where = seen.location
    return where is not None and unquote(where.path).rstrip("/") == unquote(seen.asked.path).rstrip("/")


REDIRECTS: tuple[Callable[[Seen], str | None], ...] = (
    _other_scheme,
    _slash,
    _cookie,
    _other_host,
    _log_in,
    _other_page,
)
"""Rules of ``advice``."""
