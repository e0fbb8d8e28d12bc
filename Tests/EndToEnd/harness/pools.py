"""Pools: register one, and show it in detail."""

from .api import check


def path_of(pool):
    return f"/v2/pools/{pool}"


def register(api, pool, weight=100, uri=None, **members):
    response = api.put(path_of(pool), json={"uri": uri or f"sqlite:{pool}", "weight": weight, **members})
    check(response, 201)
    return response


def details(api, pool):
    return check(api.get(path_of(pool) + "?detailed=true"), 200)
