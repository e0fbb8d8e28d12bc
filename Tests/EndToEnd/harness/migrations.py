"""Migrations: start some, look at one, wait for a state, tell it what to do."""

from .api import check
from .stores import wait_until

PATH = "/v2/migrations"
#: What a migration shows, whatever its state.
FIELDS = {
    *("id", "href", "project", "queue", "from", "to", "state", "phase", "copied", "total", "dirty", "rate"),
    *("eta_seconds", "stall_ms", "verified", "attempts", "aborts", "error", "keep_source_seconds", "postpone"),
    *("messages_per_second", "bytes_per_second", "created", "updated", "history"),
}


def start(api, **request):
    """Starts the move of one queue and returns the migration."""
    answer = check(api.post(PATH, json=request), 202)
    assert answer["refusals"] == [] and answer["queues"] == 1, answer
    return answer["migrations"][0]


def show(api, migration):
    return check(api.get(f"{PATH}/{migration['id']}"), 200)


def order(api, migration, verb, status=202, **members):
    return check(api.post(f"{PATH}/{migration['id']}/{verb}", json=members or None), status)


def reach(api, migration, *states):
    """Waits until the migration is in one of the states, and returns it."""
    wait_until(lambda: show(api, migration)["state"] in states)
    return show(api, migration)


def may_refuse(migration):
    """Whether a request may have waited a second for it, after which it is refused: a cutover was given up, or took long."""
    return migration["aborts"] > 0 or migration["stall_ms"] > 900


def every(api, **parameters):
    """All migrations that a listing finds, page by page."""
    found, href, arguments = [], PATH, {"params": {"limit": 3, **parameters}}
    while href:
        page = check(api.get(href, **arguments), 200)
        found += page["migrations"]
        href, arguments = (page["links"][0]["href"] if page["links"] else None), {}
    return found
