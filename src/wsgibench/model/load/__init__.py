"""What the clients do: each load is a class, which says of itself what others would have to ask its kind for.

A new one is its class here, with the options that ask for it, and what makes it in the engines that can.
"""

from typing import get_args

from wsgibench.model.load._connections import Connections
from wsgibench.model.load._rate import Rate, share_of_rate
from wsgibench.model.load._requests import ID, WORD, Requests, parts_of, path_of
from wsgibench.model.load._users import Users

Load = Users | Rate | Connections
LOADS: tuple[type[Load], ...] = get_args(Load)

__all__ = [
    "ID",
    "LOADS",
    "WORD",
    "Connections",
    "Load",
    "Rate",
    "Requests",
    "Users",
    "parts_of",
    "path_of",
    "share_of_rate",
]
