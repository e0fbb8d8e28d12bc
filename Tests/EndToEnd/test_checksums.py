"""Checksums of message bodies."""

import hashlib
import json

import pytest

from harness.api import Api, check


def path_of(queue, message=""):
    return f"/v2/queues/{queue}/messages" + (f"/{message}" if message else "")


# Checksum


@pytest.fixture(scope="module")
def checksums(module_server):
    return Api(module_server(env={"WEIR_ENABLE_CHECKSUM": "true"}).url)


@pytest.mark.feature("F084")
@pytest.mark.parametrize(
    "body, digest",
    [
        ('{"a":1}', "42b7b4f2921788ea14dac5566e6f06d0"),
        ('"txt"', "0af5eca63bd2dbf9c02cd0fd60e6d008"),
        ("[1,2]", "04cd0e0151f352e7fd414d694a604136"),
        ("5", "e4da3b7fbbce2345d7772b0674a318d5"),
        ("true", "b326b5062b2f0e69046810717534cb09"),
        ('{"b":1,"a":"é"}', "b9622a81c98224c56eb3afdd8f51b202"),
    ],
)
def test_checksums_of_known_bodies(checksums, body, digest):
    queue = checksums.create()
    text = '{"messages": [{"body": ' + body + "}]}"
    check(checksums.post(path_of(queue), data=text.encode()), 201)
    assert checksums.messages(queue)[0]["checksum"] == f"MD5:{digest}"


@pytest.mark.feature("F084")
@pytest.mark.parametrize(
    "body",
    [
        '{ "a" :[ 1 ,{"b": null}] }',
        '"\\u00e9\\ud83d\\ude00 \\/ \\n"',
        '"é😀\u2028"',
        '"\\u0001\\u007f"',
        "1.50",
        "1E3",
        "0.1",
        "1e16",
        "1e-7",
        "123456789.125",
        "-0.0",
        "-0",
        "1e22",
        "[]",
        "{}",
        '""',
        "[true,false,null]",
        "1e300",
        "9223372036854775807",
        '{"z":1,"a":2,"m":{"y":[],"b":{}}}',
        "0.30000000000000004",
        "5e-324",
        "100000.0",
    ],
)
def test_checksums_are_over_the_body_as_python_writes_it(checksums, body):
    queue = checksums.create()
    check(checksums.post(path_of(queue), data=('{"messages": [{"body": ' + body + "}]}").encode()), 201)
    expected = hashlib.md5(json.dumps(json.loads(body)).encode()).hexdigest()
    assert checksums.messages(queue)[0]["checksum"] == f"MD5:{expected}"


@pytest.mark.feature("F084")
def test_checksums_come_with_every_answer_but_not_for_null(checksums):
    queue = checksums.create()
    ids = checksums.send(queue, {"a": 1}, None, {"a": 1})
    expected = "MD5:42b7b4f2921788ea14dac5566e6f06d0"
    assert [message.get("checksum") for message in checksums.messages(queue)] == [expected, None, expected]
    assert "checksum" not in checksums.messages(queue)[1]
    assert check(checksums.get(path_of(queue, ids[0])), 200)["checksum"] == expected
    claim = checksums.claim(queue, limit=2)
    assert claim.messages[0]["checksum"] == expected and "checksum" not in claim.messages[1]
    (popped,) = check(checksums.delete(f"{path_of(queue)}?pop=5"), 200)["messages"]
    assert popped["checksum"] == expected


@pytest.mark.feature("F084")
def test_without_the_option_there_are_no_checksums(api, queue):
    api.send(queue, {"a": 1})
    assert "checksum" not in api.messages(queue)[0]
