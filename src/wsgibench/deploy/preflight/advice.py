"""What to do about an answer that is not right, by what was seen of it.

Each rule knows one cause by its traces, and says nothing where they are not there. The first that says something is
heard, so what is certain comes before what is likely.
"""

import re
import shlex
from collections.abc import Callable

from wsgibench.deploy.preflight.redirects import REDIRECTS, SESSION
from wsgibench.deploy.preflight.seen import Seen, plain
from wsgibench.model.engine import HOST
from wsgibench.processes.readiness import NOT_READY

_CSRF = re.compile(r"csrf|xsrf", re.IGNORECASE)
_OF_CSRF = (400, 403, 419)
"""By which frameworks refuse a request without a token."""
_HOST = re.compile(
    r"DisallowedHost|ALLOWED_HOSTS|TRUSTED_HOSTS|invalid (http_)?host|\bhost\b.{0,80}\bnot (trusted|allowed)",
    re.IGNORECASE,
)
_DJANGO_400 = "<h1>Bad Request (400)</h1>"
"""All that Django says without DEBUG, whatever it was."""


def advice(seen: Seen) -> str:
    """A sentence or two."""
    return next(filter(None, (rule(seen) for rule in _RULES)), _OTHERWISE)


_OTHERWISE = "Check --path, --method, --header and --body: what the load will ask for must be answered right."


_SEND_ONE = (
    "Send one with its cookie (Django: --header 'Cookie: csrftoken=TOKEN' --header 'X-CSRFToken: TOKEN'), or exempt "
    "the page while it is measured."
)


def _csrf(seen: Seen) -> str | None:
    # Any page with a form holds a token, that of an error, too.
    if seen.status not in _OF_CSRF or not seen.requests.writes or not _CSRF.search(seen.said):
        return None
    return f"It wants a CSRF token. {_SEND_ONE}"


def _host(seen: Seen) -> str | None:
    if seen.status not in (400, 403, 421):
        return None
    host = plain(seen.sends("Host") or HOST)
    if _HOST.search(seen.said):
        return f"The app takes no 'Host: {host}'; another one is given with --header 'Host: NAME'."
    if _DJANGO_400 in seen.said:
        return (
            f"Django says no more without DEBUG. If 'Host: {host}' is not in its ALLOWED_HOSTS, give one that is with "
            "--header 'Host: NAME'."
        )
    return None


def _who(seen: Seen) -> str | None:
    if seen.status == 401:
        scheme = plain(seen.headers.get("www-authenticate", "").partition(" ")[0]) or "Bearer"
        return f"It wants to know who asks: --header 'Authorization: {scheme} ...', or {SESSION}."
    if seen.status != 403:
        return None
    if seen.requests.writes:
        return (
            f"A {seen.requests.method} is often refused for want of a CSRF token. {_SEND_ONE} "
            f"Else it wants to know who asks: {SESSION}."
        )
    return f"It wants to know who asks: {SESSION}, or --header 'Authorization: ...'."


def _method(seen: Seen) -> str | None:
    if seen.status not in (405, 501):
        return None
    allowed = [plain(name.strip()) for name in seen.headers.get("allow", "").split(",") if name.strip()]
    others = [name for name in allowed if name not in ("HEAD", "OPTIONS", seen.requests.method)]
    if not others:
        return f"It takes no {seen.requests.method} there: give another one with --method."
    return f"It takes {', '.join(allowed)} there, and no {seen.requests.method}: --method {others[0]}."


def _below(seen: Seen) -> str | None:
    first = seen.asked.path.split("/")[1]
    if seen.status != 404 or seen.setup.prefix or not first:
        return None
    prefix = f"--prefix {shlex.quote(f'/{first}')}"
    if "SCRIPT_NAME" in seen.variables:
        return f"SCRIPT_NAME is for gunicorn alone. --prefix mounts the app on every server: {prefix}."
    if not seen.right_below:
        return None
    return (
        f"What follows /{first} is answered right. If the app belongs below it, mount it there: {prefix}. "
        "Else give pages that it has with --path, and the ids that they have with --ids."
    )


def _missing(seen: Seen) -> str | None:
    if seen.status not in (404, 410):
        return None
    return "Give pages that the app has with --path, and the ids that they have with --ids."


def _content(seen: Seen) -> str | None:
    if seen.status == 406:
        return "It has nothing of the kind that is asked for: --header 'Accept: application/json'."
    if seen.status not in (400, 415, 422):
        return None
    if seen.requests.body is not None and seen.sends("Content-Type") is None:
        return "Say what the body is: --header 'Content-Type: application/json'."
    if seen.requests.body is None and seen.requests.writes:
        return "It may want a body: --body TEXT, and what that is with --header 'Content-Type: application/json'."
    return None


def _too_often(seen: Seen) -> str | None:
    if seen.status != 429:
        return None
    return (
        "The app limits how often it may be asked, and a load asks more often than any client. Switch its rate limit "
        "off while it is measured, in its settings or by --env."
    )


def _not_ready(seen: Seen) -> str | None:
    if seen.status != NOT_READY:
        return None
    longer = "It did for all of --start-timeout; give more if the app needs longer until it is ready."
    if not seen.forks_loaded:
        return longer
    return (
        f"{longer} Threads that the app starts on import do not live in uWSGI's workers, which are forked later: --env "
        "UWSGI_LAZY_APPS=1 loads it in each worker."
    )


def _broken_off(seen: Seen) -> str | None:
    if seen.status not in (502, 504) or not seen.is_proxied:
        return None
    return "The proxy says so when the server breaks off: does the app read what it is sent to its end?"


def _failed(seen: Seen) -> str | None:
    if seen.status < 500:
        return None
    if "Traceback (most recent call last)" in seen.log:
        return "The app itself fails there. What it needs of its surroundings, give with --env and --chdir."
    return "The app itself fails there, and its log does not say why: let it log its errors to stderr."


_RULES: tuple[Callable[[Seen], str | None], ...] = (
    *REDIRECTS,
    _csrf,
    _host,
    _who,
    _method,
    _below,
    _missing,
    _content,
    _too_often,
    _not_ready,
    _broken_off,
    _failed,
)
