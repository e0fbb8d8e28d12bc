"""What the tests share: the server process, a thin HTTP client, and a raw one for broken requests."""
