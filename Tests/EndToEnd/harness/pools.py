"""Pools: register one, and show it in detail."""

from .api import check


def path_of(pool):
    return f"/v2/pools/{pool}"


#: Options of a store beside the process: one that a busy machine keeps waiting is not away.
PATIENT = {"timeout_ms": 20_000}


def register(api, pool, weight=100, uri=None, **members):
    """Gives `options={}` where a store hangs or dies, and quick refusals are what is looked at."""
    uri = uri or f"sqlite:{pool}"
    if not uri.startswith("sqlite"):
        members = {"options": PATIENT, **members}
    response = api.put(path_of(pool), json={"uri": uri, "weight": weight, **members})
    check(response, 201)
    return response


def details(api, pool):
    return check(api.get(path_of(pool) + "?detailed=true"), 200)
