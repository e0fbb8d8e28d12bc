"""The endpoints that take a body, and bodies that none of them may accept."""

from collections import namedtuple

#: An endpoint that takes a body: its path may name {claim}. `sound` is a document it would accept.
Endpoint = namedtuple("Endpoint", "name method path sound optional")

ENDPOINTS = [
    Endpoint("create queue", "PUT", "/v2/queues/fresh", {"a": 1}, True),
    Endpoint(
        "update queue",
        "PATCH",
        "/v2/queues/target",
        [{"op": "add", "path": "/metadata/a", "value": 1}],
        False,
    ),
    Endpoint("post", "POST", "/v2/queues/target/messages", {"messages": [{"body": 1}]}, False),
    Endpoint("claim", "POST", "/v2/queues/target/claims", {"ttl": 60}, True),
    Endpoint("renew", "PATCH", "/v2/queues/target/claims/{claim}", {"ttl": 60}, False),
    Endpoint("purge", "POST", "/v2/queues/target/purge", {"resource_types": ["messages"]}, True),
    Endpoint("create pool", "PUT", "/v2/pools/fresh", {"uri": "sqlite:fresh", "weight": 0}, False),
    Endpoint("update pool", "PATCH", "/v2/pools/embedded", {"weight": 1}, False),
    Endpoint("create flavor", "PUT", "/v2/flavors/fresh", {"pool_list": ["embedded"]}, False),
    Endpoint("update flavor", "PATCH", "/v2/flavors/capable", {"pool_list": ["embedded"]}, False),
]

DEEP = b"[" * 10000 + b"]" * 10000
BODIES = {
    "garbage": b"\x01\x02garbage",
    "truncated": None,
    "trailing text": None,
    "scalar": b"5",
    "text": b'"text"',
    "null": b"null",
    "blank": b"   ",
    "not UTF-8": b'{"a": "\xff\xfe"}',
    "not UTF-8 in a key": b'{"\xc3(": 1}',
    "overlong UTF-8": b'{"a": "\xc0\xaf"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "surrogate as UTF-8": b'{"a": "\xed\xa0\x80"}',
    "nested arrays": DEEP,
    "nested objects": b'{"a":' * 10000 + b"1" + b"}" * 10000,
    "unclosed nesting": b"[" * 10000,
    "huge integer": b'{"a": 9223372036854775808}',
    "huge negative": b'[{"a": -9223372036854775809}]',
    "4,000 digits": b'{"a": ' + b"9" * 4000 + b"}",
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": [Infinity]}',
    "minus": b'{"a": -}',
    "leading zero": b'{"a": 01}',
    "bare point": b'{"a": 1.}',
    "plus": b'{"a": +1}',
    "hexadecimal": b'{"a": 0x10}',
    "single quotes": b"{'a': 1}",
    "trailing comma": b'{"a": 1,}',
    "comment": b'{"a": 1 /* one */}',
    "raw newline": b'{"a": "x\ny"}',
    "raw NUL": b'{"a": "x\x00y"}',
    "bad escape": b'{"a": "\\x41"}',
    "short escape": b'{"a": "\\u12"}',
    "missing colon": b'{"a" 1}',
    "number as key": b"{1: 1}",
    "two documents": b"{}{}",
}
