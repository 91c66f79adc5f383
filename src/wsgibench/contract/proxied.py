"""What a proxy makes of requests, as the app ``echo`` sees it, and of connections, as the kernel does."""

import json
from pathlib import Path
from urllib.parse import unquote_to_bytes

import psutil

from wsgibench.contract.started import Response, send
from wsgibench.model.address import Address, Unix

PATHS = (
    *(b"/", b"/a%20b", b"/%C3%A9t%C3%A9", b"/a%2Fb", b"/a//b/", b"/%3Fb%23c%25d%2541", b"/a;b=1,c:d@e&f=+g"),
    *(b"/line%0Afeed%0D", b"/%22%27%5C%7B%7D$uri", b"/%FF%FE"),
)
QUERIES = (b"", b"?", b"?q=a%20b&x=%C3%A9&y=a+b;2&&z", b"?next=/a/../b//c?d")


def environ_of(answer: Response) -> dict[str, str]:
    assert answer.status == 200, answer
    environ: dict[str, str] = json.loads(answer.body)["environ"]
    return environ


def altered_by(address: Address) -> list[str]:
    """Of all paths and queries, under both prefixes, those that the app does not see as the client wrote them.

    A semicolon may come as ``%3B``, which means the same: Traefik cannot leave it.
    """
    found = []
    for path in PATHS:
        for target in (prefix + path + query for prefix in (b"", b"/p") for query in QUERIES):
            answer = send(address, target)
            if answer.status == 200:
                environ = environ_of(answer)
                seen = [environ[name].encode("latin-1") for name in ("PATH_INFO", "QUERY_STRING")]
                seen[1] = seen[1].replace(b"%3B", b";")
                if seen == [unquote_to_bytes(path), target.partition(b"?")[2]] and not environ.get("SCRIPT_NAME"):
                    continue
                found.append(f"{target!r}: {seen}")
            else:
                found.append(f"{target!r}: {answer.status}")
    return found


def told_by(address: Address) -> dict[str, str]:
    """What the app is told of who asked, by which address, of a client that claims a lot."""
    names = ("For", "Proto", "Host", "Port", "Prefix", "By", "Protocol", "Scheme", "Server", "Ssl")
    forged = [(f"X-Forwarded-{name}", "forged") for name in names]
    forged += [("X_Forwarded_For", "forged"), ("x-forwarded-for", "forged"), ("X-FORWARDED-PROTO", "forged")]
    forged += [(name, "forged") for name in ("Forwarded", "X-Real-IP", "Proxy", "X_Forwarded_Prefix")]
    # Traefik asks for gzip by itself where the client says nothing of it, which the load engines do.
    said = [("Host", "example.org:81"), ("Accept-Encoding", "identity"), ("X-Mine", "mine")]
    environ = environ_of(send(address, "/p/", headers=[*said, *forged]))
    assert not {key: value for key, value in environ.items() if "forged" in str(value)}
    assert environ["HTTP_X_MINE"] == "mine"
    assert environ["wsgi.url_scheme"] == "http"
    return {key: value for key, value in environ.items() if key.startswith(("HTTP_", "X_"))}


def told_by_nginx(port: int) -> dict[str, str]:
    """The same of nginx; other proxies tell neither less nor more."""
    return {
        "HTTP_HOST": "example.org:81",
        "HTTP_ACCEPT_ENCODING": "identity",
        "HTTP_X_MINE": "mine",
        "HTTP_X_FORWARDED_FOR": "127.0.0.1",
        "HTTP_X_FORWARDED_PROTO": "http",
        "HTTP_X_FORWARDED_HOST": "example.org:81",
        "HTTP_X_FORWARDED_PORT": str(port),
        "HTTP_X_FORWARDED_PREFIX": "/p",
    }


def connections_to(upstream: Address) -> set[str]:
    """What tells them apart, of those that are established."""
    if isinstance(upstream, Unix):
        rows = [line.split() for line in Path("/proc/net/unix").read_text().splitlines()[1:]]
        return {row[6] for row in rows if row[5] == "03" and row[7:] == [upstream.path]}
    return {
        str(each.raddr)
        for each in psutil.net_connections("tcp")
        if each.status == psutil.CONN_ESTABLISHED and each.laddr == (upstream.host, upstream.port)
    }
