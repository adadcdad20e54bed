"""P. SIP as text: a message read, the answer to a request written, a password proved without being told."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SipMessage:
    """A request or a response, as it came."""

    first: str
    headers: tuple[tuple[str, str], ...]
    """In their order, names in small letters."""
    body: str

    @classmethod
    def parse(cls, text: str) -> SipMessage:
        """Read one message."""
        head, _, body = text.partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        pairs = (line.partition(":") for line in lines)
        return cls(first, tuple((name.strip().lower(), value.strip()) for name, _, value in pairs), body)

    def get(self, name: str) -> str:
        """The first header of that name, or empty."""
        return next((value for key, value in self.headers if key == name.lower()), "")

    @property
    def status(self) -> int:
        """The status of a response, 0 for a request."""
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0 ") else 0

    @property
    def method(self) -> str:
        """The method of a request, or of the request that a response is for."""
        return self.get("cseq").split()[-1] if self.status else self.first.split()[0]

    @property
    def call_id(self) -> str:
        """Which conversation it belongs to."""
        return self.get("call-id")


def answer(request: SipMessage, status: str, tag: str, more: str = "", body: str = "") -> str:
    """The response to a request; `status` is a number and its words, `more` whole header lines."""
    vias = "".join(f"Via: {value}\r\n" for name, value in request.headers if name == "via")
    to = request.get("to")
    to = to if "tag=" in to else f"{to};tag={tag}"
    return (
        f"SIP/2.0 {status}\r\n{vias}From: {request.get('from')}\r\nTo: {to}\r\nCall-ID: {request.call_id}\r\n"
        f"CSeq: {request.get('cseq')}\r\n{more}Content-Length: {len(body.encode())}\r\n\r\n{body}"
    )


def proof(challenge: str, method: str, uri: str, user: str, password: str) -> str:
    """The value of `Authorization` that answers a `WWW-Authenticate` (RFC 2617, MD5)."""
    asked = dict(re.findall(r'(\w+)="?([^",]*)', challenge))
    one = _md5(f"{user}:{asked['realm']}:{password}")
    two = _md5(f"{method}:{uri}")
    middle = f"{asked['nonce']}:00000001:cafe:auth" if "qop" in asked else asked["nonce"]
    more = ', qop=auth, nc=00000001, cnonce="cafe"' if "qop" in asked else ""
    opaque = f', opaque="{asked["opaque"]}"' if "opaque" in asked else ""
    return (
        f'Digest username="{user}", realm="{asked["realm"]}", nonce="{asked["nonce"]}", uri="{uri}", '
        f'response="{_md5(f"{one}:{middle}:{two}")}", algorithm=MD5{opaque}{more}'
    )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
