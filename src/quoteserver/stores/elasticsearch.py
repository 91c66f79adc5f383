"""``elasticsearch://host:9200,host2:9200/index``: documents ``{id, quote, author}`` of an index.

Asked by the official client. ``elasticsearch+https://`` speaks TLS. Secrets come from the environment, not the URL:
``QUOTES_ELASTICSEARCH_USER`` and ``QUOTES_ELASTICSEARCH_PASSWORD``, or ``QUOTES_ELASTICSEARCH_API_KEY``;
``QUOTES_ELASTICSEARCH_CA`` names the certificate of an authority of one's own.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError
from elasticsearch.helpers import BulkIndexError, scan, streaming_bulk

from quoteserver.errors import QuoteserverError
from quoteserver.quotations import Quotation, Text, cycle
from quoteserver.stores import Contents
from quoteserver.stores._elasticsearch_cluster import Location, connect, down, parse

TIMEOUT_S = 5.0
"""For one request to one node. A get by id takes about a millisecond; one that takes longer than this is lost."""

LOAD_TIMEOUT_S = 60.0
_BATCH = 2_000
_MAPPING = {
    "dynamic": "strict",
    "properties": {"id": {"type": "long"}, "quote": {"type": "text"}, "author": {"type": "keyword"}},
}


class ElasticsearchStore:
    """A client, which keeps its connections, tries another node when one fails, and returns to it later."""

    waits = True

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
            raise down(self._location, exc) from exc
        except (ApiError, TransportError, KeyError) as exc:
            raise down(self._location, exc) from exc

    def check(self) -> None:
        """Counts the documents, which asks every shard."""
        self._count()

    def contents(self) -> Contents:
        """The documents counted; the distinct texts as ``load`` noted them with the index."""
        documents = self._count()
        try:
            (index,) = self._client.indices.get_mapping(index=self._location.index).body.values()
        except (ApiError, TransportError, ValueError) as exc:
            raise down(self._location, exc) from exc
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
            raise down(self._location, exc) from exc


def open_store(url: str) -> ElasticsearchStore:
    """The store in that index; connects when it is asked.

    Raises:
        UsageError: the URL or the environment is wrong.
    """
    location = parse(url)
    return ElasticsearchStore(location, connect(location, TIMEOUT_S))


def load(url: str, texts: Sequence[Text], documents: int) -> Iterator[int]:
    """Makes the index where it is missing, writes documents under their numbers, and deletes those beyond.

    Run again after a failure, it writes the same documents under the same numbers.

    Raises:
        UsageError: the URL or the environment is wrong.
        StoreDownError: it does not answer.
        QuoteserverError: it refuses the documents.
    """
    location = parse(url)
    client = connect(location, LOAD_TIMEOUT_S)
    try:
        yield from _replace(client, location.index, texts, documents)
    except BulkIndexError as exc:
        raise QuoteserverError(
            f"The index '{location.index}' refuses the quotations: {_reason(exc.errors)}.",
            "Name an index that is not there yet, or delete this one.",
        ) from exc
    except (ApiError, TransportError) as exc:
        raise down(location, exc) from exc
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


def _reason(errors: Sequence[dict[str, Any]]) -> str:
    """What the first refusal says."""
    for operation in errors[:1]:
        for result in operation.values():
            error = result.get("error", {})
            return str(error.get("reason", error) if isinstance(error, dict) else error)
    return "no reason given"
