"""SIP as text: what a simulated agent's telephone reads, answers and proves."""

from __future__ import annotations

from demonstration.sip_messages import SipMessage, answer, proof

INVITE = (
    "INVITE sip:agent-001@x.invalid SIP/2.0\r\nVia: SIP/2.0/WS a;branch=1\r\nVia: SIP/2.0/WS b;branch=2\r\n"
    "From: <sip:1919@a>;tag=one\r\nTo: <sip:agent-001@x.invalid>\r\nCall-ID: c1\r\nCSeq: 7 INVITE\r\n"
    "X-CC-Call-Id: abc\r\nContent-Length: 5\r\n\r\nv=0\r\n"
)


def test_a_request_is_read() -> None:
    invite = SipMessage.parse(INVITE)
    assert (invite.method, invite.status, invite.call_id, invite.body) == ("INVITE", 0, "c1", "v=0\r\n")
    assert (invite.get("X-CC-Call-Id"), invite.get("nothing")) == ("abc", "")


def test_an_answer_goes_back_the_way_it_came_with_a_tag_of_its_own() -> None:
    said = SipMessage.parse(answer(SipMessage.parse(INVITE), "200 OK", "mine", "Contact: <sip:me>\r\n", "v=0 é"))
    assert (said.status, said.method) == (200, "INVITE")
    assert [value for name, value in said.headers if name == "via"] == [
        "SIP/2.0/WS a;branch=1",
        "SIP/2.0/WS b;branch=2",
    ]
    assert said.get("to") == "<sip:agent-001@x.invalid>;tag=mine"
    assert said.get("content-length") == str(len("v=0 é".encode()))


def test_a_tag_that_is_there_is_kept() -> None:
    within = SipMessage.parse(INVITE.replace("To: <sip:agent-001@x.invalid>", "To: <sip:agent-001@x.invalid>;tag=t"))
    assert SipMessage.parse(answer(within, "200 OK", "mine")).get("to").endswith(">;tag=t")


def test_the_password_is_proved_as_rfc_2617_does_without_qop() -> None:
    """The example of RFC 2069, with the response that RFC 2617's errata give for it."""
    challenge = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc"'
    shown = proof(challenge, "GET", "/dir/index.html", "Mufasa", "CircleOfLife")
    assert 'response="1949323746fe6a43ef61f9606e7febea"' in shown
    assert 'opaque="5ccc"' in shown


def test_with_qop_a_counter_is_sent() -> None:
    shown = proof('Digest realm="asterisk",nonce="n",qop="auth"', "REGISTER", "sip:a", "u", "p")
    assert 'qop=auth, nc=00000001, cnonce="cafe"' in shown
