"""``elasticsearch://host:9200,host2:9200/index``: documents ``{id, quote, author}`` of an index.

Asked by the official client. ``elasticsearch+https://`` speaks TLS. Secrets come from the environment, not the URL:
``QUOTES_ELASTICSEARCH_USER`` and ``QUOTES_ELASTICSEARCH_PASSWORD``, or ``QUOTES_ELASTICSEARCH_API_KEY``;
``QUOTES_ELASTICSEARCH_CA`` names the certificate of an authority of one's own.
"""

import base64
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from quoteserver.errors import QuoteserverError, StoreDownError, UsageError
from quoteserver.quotations import Quotation, Text, cycle
from quoteserver.stores import Contents

try:
    from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError
    from elasticsearch.helpers import BulkIndexError, scan, streaming_bulk
except ImportError as exc:
    raise StoreDownError(
        "The Elasticsearch client is not installed.", "Install it: pip install 'wsgibench[elasticsearch]'"
    ) from exc

TIMEOUT_S = 5.0
"""For one request to one node. A get by id takes about a millisecond; one that takes longer than this is lost."""

LOAD_TIMEOUT_S = 60.0
_BATCH = 2_000
_PORT = 9200
_HOST = re.compile(r"(?P<host>[A-Za-z0-9.\-]+|\[[0-9A-Fa-f:.]+\])(:(?P<port>[0-9]{1,5}))?")
_INDEX = re.compile(r"[a-z0-9][a-z0-9_.\-]*")
_MAPPING = {
    "dynamic": "strict",
    "properties": {"id": {"type": "long"}, "quote": {"type": "text"}, "author": {"type": "keyword"}},
}


@dataclass(frozen=True)
class Location:
    """What a URL says: the nodes of one cluster, and the index."""

    url: str
    nodes: tuple[str, ...]
    index: str


class ElasticsearchStore:
    """A client, which keeps its connections, tries another node when one fails, and returns to it later."""

    def __init__(self, location: Location, client: Elasticsearch) -> None:
        self._location = location
        self._client = client

    def get(self, number: int) -> Quotation | None:
        """The document of that number, or None where there is none."""
        try:
            answer = self._client.get(index=self._location.index, id=str(number))
            source = answer["_source"]
            return Quotation(number, source["quote"], source["author"])
        except NotFoundError as exc:
            # The same status tells of a missing document and of a missing index.
            if isinstance(exc.body, dict) and exc.body.get("found") is False:
                return None
            raise _down(self._location, exc) from exc
        except (ApiError, TransportError, KeyError) as exc:
            raise _down(self._location, exc) from exc

    def check(self) -> None:
        """Counts the documents, which asks every shard."""
        self._count()

    def contents(self) -> Contents:
        """The documents counted; the distinct texts as ``load`` noted them with the index."""
        documents = self._count()
        try:
            (index,) = self._client.indices.get_mapping(index=self._location.index).body.values()
        except (ApiError, TransportError, ValueError) as exc:
            raise _down(self._location, exc) from exc
        distinct = index["mappings"].get("_meta", {}).get("distinct_texts")
        first, last = (1, documents) if documents else (None, None)
        return Contents("elasticsearch", self._location.url, documents, distinct, first, last)

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _count(self) -> int:
        try:
            return int(self._client.count(index=self._location.index)["count"])
        except (ApiError, TransportError) as exc:
            raise _down(self._location, exc) from exc


def open_store(url: str) -> ElasticsearchStore:
    """The store in that index; connects when it is asked.

    Raises:
        UsageError: the URL or the environment is wrong.
    """
    location = parse(url)
    return ElasticsearchStore(location, _client(location, TIMEOUT_S))


def load(url: str, texts: Sequence[Text], documents: int) -> Iterator[int]:
    """Makes the index where it is missing, writes documents under their numbers, and deletes those beyond.

    Run again after a failure, it writes the same documents under the same numbers.

    Raises:
        UsageError: the URL or the environment is wrong.
        StoreDownError: it does not answer.
        QuoteserverError: it refuses the documents.
    """
    location = parse(url)
    client = _client(location, LOAD_TIMEOUT_S)
    try:
        yield from _replace(client, location.index, texts, documents)
    except BulkIndexError as exc:
        raise QuoteserverError(
            f"The index '{location.index}' refuses the quotations: {_reason(exc.errors)}.",
            "Name an index that is not there yet, or delete this one.",
        ) from exc
    except (ApiError, TransportError) as exc:
        raise _down(location, exc) from exc
    finally:
        client.close()


def _replace(client: Elasticsearch, index: str, texts: Sequence[Text], documents: int) -> Iterator[int]:
    if not client.indices.exists(index=index):
        client.indices.create(index=index, mappings=_MAPPING)
    actions = ({"_index": index, "_id": str(each.id), "_source": each._asdict()} for each in cycle(texts, documents))
    for written, _ in enumerate(streaming_bulk(client, actions, chunk_size=_BATCH, max_retries=3), 1):
        if written % _BATCH == 0 or written == documents:
            yield written
    client.indices.refresh(index=index)
    beyond = scan(client, index=index, query={"query": {"range": {"id": {"gt": documents}}}}, _source=False)
    deletions = ({"_op_type": "delete", "_index": index, "_id": hit["_id"]} for hit in beyond)
    for _ in streaming_bulk(client, deletions, chunk_size=_BATCH, max_retries=3):
        pass
    client.indices.refresh(index=index)
    client.indices.put_mapping(index=index, meta={"distinct_texts": len(set(texts[:documents]))})


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


def _client(location: Location, timeout_s: float) -> Elasticsearch:
    options: dict[str, Any] = {}
    user, password, key, authority = (
        os.environ.get(f"QUOTES_ELASTICSEARCH_{name}") for name in ("USER", "PASSWORD", "API_KEY", "CA")
    )
    if key and user:
        raise UsageError(
            "Both QUOTES_ELASTICSEARCH_API_KEY and QUOTES_ELASTICSEARCH_USER are set.", "Set one of the two."
        )
    if user:
        # Encoded here, because the client itself takes nothing but ASCII.
        options["basic_auth"] = base64.b64encode(f"{user}:{password or ''}".encode()).decode()
    if key:
        options["api_key"] = key
    if authority and location.nodes[0].startswith("https"):
        options["ca_certs"] = authority
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


def _down(location: Location, exc: Exception) -> StoreDownError:
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


def _reason(errors: Sequence[dict[str, Any]]) -> str:
    """What the first refusal says."""
    for operation in errors[:1]:
        for result in operation.values():
            error = result.get("error", {})
            return str(error.get("reason", error) if isinstance(error, dict) else error)
    return "no reason given"
