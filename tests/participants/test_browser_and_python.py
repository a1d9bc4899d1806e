"""The browser's sealing (in Node) and Python's hold one conversation, each as either end."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tools.participants import sealing
from tools.participants.encoding import from_base64url, to_base64url

PROGRAM = Path(__file__).parent.parent / "fixtures/browser_end.mjs"
NOW_S = 1_790_000_000
PLACE = {"epoch": 1, "sequence": 3}
CONTENT = {"type": "text", "text": "Hej på dig 😀", "seen": 2}

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None, reason="Node 20 is needed to run the browser's sealing"
)


class BrowserEnd:
    """The browser's modules in a Node process, asked by lines of JSON."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, what: str, **given: object) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"ask": what, **given}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise sealing.SealingError(f"{answer['error']} {answer['code']}")
        return answer["result"]


@pytest.fixture(scope="module")
def browser() -> Iterator[BrowserEnd]:
    with subprocess.Popen(
        ["node", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield BrowserEnd(process)
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=60)


@pytest.fixture(scope="module")
def organisation() -> sealing.PrivateKey:
    return sealing.new_private_key()


@pytest.fixture
def pins(organisation: sealing.PrivateKey) -> list[str]:
    return [to_base64url(sealing.public_key_bytes(organisation))]


def certified(organisation: sealing.PrivateKey, key: bytes) -> dict[str, str]:
    return sealing.make_certificate(
        organisation, alias="Exempel", key=key, not_before=NOW_S, not_after=NOW_S + 60
    )


def test_a_browser_refuses_an_offer_that_python_made_for_another_epoch(
    browser: BrowserEnd, organisation: sealing.PrivateKey, pins: list[str]
) -> None:
    conversation = browser.ask("visitor")["conversation"]
    mentor = sealing.MentorIdentity.create()
    certificate = certified(organisation, mentor.public_key)
    _, offer = sealing.make_offer(mentor, certificate, conversation=conversation, epoch=1)

    with pytest.raises(sealing.SealingError) as refusal:
        browser.ask(
            "verify", pins=pins, denied=[], offer=offer, conversation=conversation, epoch=2, nowS=NOW_S
        )

    assert refusal.value.code == "OfferError signature"


def test_a_visitors_browser_and_a_python_mentor_understand_each_other(
    browser: BrowserEnd, organisation: sealing.PrivateKey, pins: list[str]
) -> None:
    visitor = browser.ask("visitor")
    mentor = sealing.MentorIdentity.create()
    conversation, sender = visitor["conversation"], sealing.mentor_sender(mentor.key_id)
    place = {"conversation": conversation, "epoch": 1}
    roots = {"0": sealing.new_root(), "1": sealing.new_root()}

    secret, offer = sealing.make_offer(
        mentor, certified(organisation, mentor.public_key), conversation=conversation, epoch=1
    )
    key_id = browser.ask("verify", pins=pins, denied=[], offer=offer, nowS=NOW_S, **place)
    grant = browser.ask("grant", identity=visitor["kept"], offer=offer, roots=roots, **place)
    opened = sealing.open_grant(secret, grant, conversation=conversation, epoch=1, offer=offer)

    assert key_id == mentor.key_id
    assert {str(epoch): root for epoch, root in opened.items()} == roots
    keys = sealing.MessageKeys(conversation)
    keys.add_root(1, opened[1])
    ends = {"conversation": conversation, "root": roots["1"], **PLACE}
    theirs = browser.ask("seal", sender="visitor", content=CONTENT, **ends)
    assert keys.open(theirs, sender="visitor", **PLACE) == CONTENT
    mine = keys.seal(CONTENT, sender=sender, **PLACE)
    assert browser.ask("open", sender=sender, body=mine, **ends) == CONTENT


def test_a_python_visitor_and_a_mentors_browser_understand_each_other(
    browser: BrowserEnd, organisation: sealing.PrivateKey, pins: list[str]
) -> None:
    visitor, mentor = sealing.ConversationIdentity.create(), browser.ask("mentor")
    certificate = certified(organisation, from_base64url(mentor["key"]))
    place: dict[str, Any] = {"conversation": visitor.conversation, "epoch": 1}
    roots = {1: sealing.new_root()}

    made = browser.ask("offer", identity=mentor["kept"], certificate=certificate, **place)
    facts = sealing.verify_offer(made["offer"], pins=pins, denied=[], now_s=NOW_S, **place)
    grant = sealing.make_grant(visitor, epoch=1, offer=made["offer"], roots=roots)
    opened = browser.ask("accept", secret=made["kept"], offer=made["offer"], grant=grant, **place)

    assert facts.key_id == mentor["key_id"]
    assert opened == {"1": roots[1]}


def test_a_browsers_proof_of_ownership_is_good_in_python(browser: BrowserEnd) -> None:
    visitor = browser.ask("visitor")
    challenge = sealing.new_root()

    proof = browser.ask(
        "prove", identity=visitor["kept"], conversation=visitor["conversation"], challenge=challenge
    )

    key, conversation = from_base64url(visitor["key"]), from_base64url(visitor["conversation"])
    assert sealing.conversation_of(key) == visitor["conversation"]
    assert sealing.is_signed(
        key, from_base64url(proof), "stodchatt/1 ownership", conversation, from_base64url(challenge)
    )
