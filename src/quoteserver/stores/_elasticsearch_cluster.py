"""The cluster that a URL names: its nodes, its client, and what its failures mean."""

import base64
import os
import re
import ssl
from dataclasses import dataclass
from typing import Any

from elasticsearch import ApiError, Elasticsearch, NotFoundError

from quoteserver.errors import StoreDownError, UsageError

_PORT = 9200
_HOST = re.compile(r"(?P<host>[A-Za-z0-9.\-]+|\[[0-9A-Fa-f:.]+\])(:(?P<port>[0-9]{1,5}))?")
_INDEX = re.compile(r"[a-z0-9][a-z0-9_.\-]*")


@dataclass(frozen=True)
class Location:
    """What a URL says: the nodes of one cluster, and the index."""

    url: str
    nodes: tuple[str, ...]
    index: str


def parse(url: str) -> Location:
    """The nodes and the index of a URL.

    Raises:
        UsageError: it has no host or no index, or it holds a password.
    """
    scheme, _, rest = url.partition("://")
    hosts, _, index = rest.partition("/")
    if "@" in hosts:
        raise UsageError(
            "The URL of the Elasticsearch store holds a user or a password.",
            "Put them into QUOTES_ELASTICSEARCH_USER and QUOTES_ELASTICSEARCH_PASSWORD.",
        )
    matches = [_HOST.fullmatch(host) for host in hosts.split(",")]
    found = [(match["host"], int(match["port"] or _PORT)) for match in matches if match]
    if len(found) < len(matches) or any(not 0 < port < 65536 for _, port in found) or not _INDEX.fullmatch(index):
        raise UsageError(
            f"'{url}' names no Elasticsearch index.", f"Write {scheme}://host:9200/index, the index in lower case."
        )
    protocol = "https" if scheme == "elasticsearch+https" else "http"
    return Location(url, tuple(f"{protocol}://{host}:{port}" for host, port in found), index)


def connect(location: Location, timeout_s: float) -> Elasticsearch:
    """A client that connects when it is asked, with the secrets of the environment.

    Raises:
        UsageError: they contradict each other, or cannot be used.
    """
    options: dict[str, Any] = {}
    user, password, key, authority = (
        os.environ.get(f"QUOTES_ELASTICSEARCH_{name}") for name in ("USER", "PASSWORD", "API_KEY", "CA")
    )
    if key and user:
        raise UsageError(
            "Both QUOTES_ELASTICSEARCH_API_KEY and QUOTES_ELASTICSEARCH_USER are set.", "Set one of the two."
        )
    if key and not (key.isascii() and key.isprintable()):
        raise UsageError("QUOTES_ELASTICSEARCH_API_KEY is no API key.", "Copy the key as Elasticsearch encoded it.")
    if user:
        # Encoded here, because the client itself takes nothing but ASCII.
        options["basic_auth"] = base64.b64encode(f"{user}:{password or ''}".encode()).decode()
    if key:
        options["api_key"] = key
    if authority and location.nodes[0].startswith("https"):
        options["ssl_context"] = _tls(authority)
    # Every node gets its chance before the client of the app sees an error. A node that failed is asked again after
    # a second, so that the app recovers soon after the cluster does.
    return Elasticsearch(
        list(location.nodes),
        request_timeout=timeout_s,
        max_retries=len(location.nodes) - 1,
        dead_node_backoff_factor=1.0,
        max_dead_node_backoff=2.0,
        **options,
    )


def _tls(authority: str) -> ssl.SSLContext:
    """Trusts that authority alone. The client itself would read the file when it first connects."""
    try:
        return ssl.create_default_context(cafile=authority)
    except OSError as exc:
        raise UsageError(
            f"QUOTES_ELASTICSEARCH_CA is '{authority}', which cannot be used: {exc}.", "Set it to a PEM file."
        ) from exc


def down(location: Location, exc: Exception) -> StoreDownError:
    """What a failure of the client means for whoever asked the store."""
    if isinstance(exc, NotFoundError):
        return StoreDownError(
            f"Elasticsearch has no index '{location.index}'.",
            f"Fill it with: quoteserver load --store {location.url}",
        )
    where = ", ".join(location.nodes)
    if isinstance(exc, ApiError) and exc.status_code in {401, 403}:
        return StoreDownError(
            f"Elasticsearch at {where} refuses these credentials ({exc.status_code}).",
            "Set QUOTES_ELASTICSEARCH_USER and QUOTES_ELASTICSEARCH_PASSWORD, or QUOTES_ELASTICSEARCH_API_KEY.",
        )
    said = " ".join(str(exc).split())
    return StoreDownError(
        f"Elasticsearch at {where} does not answer as it should: {said}.",
        "Start it, or name another store with --store or QUOTES_STORE.",
    )
