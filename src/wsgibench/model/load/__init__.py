"""What the clients do: each load is a class, which says of itself what others would have to ask its kind for.

A new one is its class here, and what makes it in the engines that can.
"""

from wsgibench.model.load._connections import Connections
from wsgibench.model.load._rate import Rate
from wsgibench.model.load._requests import ID, WORD, Requests, path_of
from wsgibench.model.load._users import Users

Load = Users | Rate | Connections

__all__ = ["ID", "WORD", "Connections", "Load", "Rate", "Requests", "Users", "path_of"]
