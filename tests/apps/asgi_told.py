"""An app that answers with what its server tells it of the client, and with what stands between the two."""

import inspect
import json
import sys


async def app(scope, _receive, send):
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    between = [frame.frame.f_globals["__name__"] for frame in inspect.stack(context=0)]
    seen = {
        "scheme": scope["scheme"],
        "client": scope["client"] and scope["client"][0],
        "believes": any("proxy_headers" in name for name in between),
        "websockets": sorted({"websockets", "wsproto"} & sys.modules.keys()),
    }
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps(seen).encode()})
