"""Queue metadata: the reserved defaults, and the operations of a JSON patch."""

DEFAULTS = {
    "_max_messages_post_size": 262144,
    "_default_message_ttl": 3600,
    "_default_message_delay": 0,
    "_dead_letter_queue": None,
    "_dead_letter_queue_messages_ttl": None,
    "_max_claim_count": None,
    "_enable_encrypt_messages": False,
}


def add(key, value):
    return {"op": "add", "path": f"/metadata/{key}", "value": value}


def replace(key, value):
    return {"op": "replace", "path": f"/metadata/{key}", "value": value}


def remove(key):
    return {"op": "remove", "path": f"/metadata/{key}"}
