"""How an app is to be called, by its signature, in its own interpreter."""

from collections.abc import Mapping

from wsgibench.model.app import INTERFACES, App
from wsgibench.processes.interpreter import THE_APP, TOLD, WITHOUT_HERE, load, told

_INTERFACE = f"""{WITHOUT_HERE}{THE_APP}
import functools, importlib, inspect
def interface(directory, module, attribute, call):
    sys.path.insert(0, directory)
    found = functools.reduce(getattr, attribute.split("."), importlib.import_module(module))
    if call:
        found = eval("found" + call)
    called = found if inspect.isroutine(found) or inspect.isclass(found) else found.__call__
    while isinstance(called, functools.partial):
        called = called.func
    is_async = inspect.iscoroutinefunction(called)
    signature = inspect.signature(found)
    def takes(count):
        try:
            signature.bind(*range(count))
        except TypeError:
            return False
        return True
    # scope, receive, send; environ, start_response.
    if takes(3) and (is_async or not takes(2)):
        return "asgi"
    return "wsgi" if takes(2) and not is_async else ""
try:
    answer = interface(*the_app)
except BaseException:
    answer = ""
print("\\n{TOLD}" + json.dumps(answer))
"""


def interface_of(app: App, *, timeout_s: float, inherited: Mapping[str, str]) -> str:
    """``asgi`` or ``wsgi``; empty where its signature tells neither, and where it cannot be loaded in that time."""
    _, said = load(_INTERFACE, app, timeout_s, inherited)
    try:
        found = told(said)
    except ValueError:
        return ""
    return found if found in INTERFACES else ""
