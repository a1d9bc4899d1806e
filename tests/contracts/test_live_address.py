"""The address of the Valkey server, as CHAT_LIVE_URL has it: read whole, or refused without repeating its words."""

import pytest

from chatservice.errors import StartError
from chatservice.live.valkey.address import read_address


@pytest.mark.parametrize(
    "url",
    [
        "redis://127.0.0.1", "valkey://", "valkey://host:port", "valkey://host/x", "valkey://host?db=-1",
        "valkey://host?pass=marker", "valkey://user:marker@host:99999",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_read_is_refused_without_its_words(url):
    with pytest.raises(StartError) as refusal:
        read_address(url)

    assert "marker" not in str(refusal.value)


def test_an_address_may_be_a_socket_file_or_encrypted():
    assert read_address("valkey+unix:///run/valkey.sock?db=2").path == "/run/valkey.sock"
    assert read_address("valkeys://user:pass%20word@host/5").password == "pass word"
    assert read_address("valkeys://host").tls is not None
    assert "word" not in repr(read_address("valkey://:word@host"))
