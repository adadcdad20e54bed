"""Many callers at once, by SIPp: signalling only, keys as SIP INFO, so that the callers cost the machine little.

Asterisk sends each of them its audio; it goes to one socket that throws it away.
"""

from __future__ import annotations

import csv
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from contact_centre.settings import Settings

Step = tuple[int, str]
"""Milliseconds of listening, then the key to press; an empty key: only listen."""

HEAD = """Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]t[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>{to_tag}
Call-ID: [call_id]
CSeq: {cseq}
Contact: <sip:[field0]@[local_ip]:[local_port]>
Max-Forwards: 70
"""
SDP = """v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio {port} RTP/AVP 0
a=rtpmap:0 PCMU/8000"""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a batch of calls."""

    failed: int
    """Calls that were refused, cut off, or answered nothing."""
    answered_ms: list[float]
    """From INVITE to 200 OK, each call (ms)."""


@contextmanager
def audio_sink() -> Iterator[int]:
    """A port that takes audio and throws it away: nobody reads, the kernel drops."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
        sink.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sink.bind(("127.0.0.1", 0))
        yield sink.getsockname()[1]


def scenario(steps: Sequence[Step], audio_port: int) -> str:
    """The SIPp scenario of one caller: call, listen and press, hang up. Being hung up on is a failure."""
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="caller">',
        _send("INVITE", 1, SDP.format(port=audio_port), "application/sdp", ' retrans="500" start_rtd="1"'),
        '<recv response="100" optional="true"/><recv response="180" optional="true"/>'
        '<recv response="200" rtd="1" rrs="true"/>',
        _send("ACK", 1, "", "", ""),
    ]
    for number, (listen_ms, key) in enumerate(steps, 2):
        parts.append(f'<pause milliseconds="{listen_ms}"/>')
        if key:
            press = f"Signal={key}\nDuration=120"
            parts.append(_send("INFO", number, press, "application/dtmf-relay", ' retrans="500"'))
            parts.append('<recv response="200"/>')
    parts.append(_send("BYE", len(steps) + 2, "", "", ' retrans="500"'))
    parts.append('<recv response="200"/>\n</scenario>\n')
    return "\n".join(parts)


def _send(method: str, cseq: int, body: str, kind: str, attributes: str) -> str:
    head = HEAD.format(cseq=f"{cseq} {method}", to_tag="" if method == "INVITE" else "[peer_tag_param]")
    content = f"Content-Type: {kind}\nContent-Length: [len]\n\n{body}\n" if body else "Content-Length: 0\n\n"
    start = f"{method} sip:[service]@[remote_ip]:[remote_port] SIP/2.0"
    return f"<send{attributes}><![CDATA[\n{start}\n{head}{content}]]></send>"


def call(
    settings: Settings,
    number: str,
    steps: Sequence[Step],
    callers: Sequence[str],
    *,
    calls: int,
    per_s: float,
    audio_port: int,
) -> Result:
    """Make `calls` calls, `per_s` new ones each second, from the trunk's address; returns when all have ended.

    Raises:
        SystemExit: SIPp is not installed, or did not end in time.
    """
    if (program := shutil.which("sipp")) is None:
        raise SystemExit("SIPp is needed: apt install sip-tester")
    directory = settings.data_dir / "sipp"
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "caller.xml").write_text(scenario(steps, audio_port))
    (directory / "callers.csv").write_text("SEQUENTIAL\n" + "".join(f"{caller};\n" for caller in callers))
    for old in directory.glob("caller_*_rtt.csv"):
        old.unlink()
    limit_s = calls / per_s + sum(ms for ms, _ in steps) / 1000 + 40
    command = [program, "-sf", "caller.xml", "-inf", "callers.csv", "-i", "127.0.0.1", "-p", str(settings.trunk_port),
               "-s", number, "-m", str(calls), "-r", str(per_s), "-l", str(calls), "-nostdin", "-trace_rtt",
               "-rtt_freq", "1", "-timeout", f"{limit_s:.0f}s", "-timeout_error",
               f"127.0.0.1:{settings.sip_port}"]  # fmt: skip
    done = subprocess.run(command, cwd=directory, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    answered = [ms for path in directory.glob("caller_*_rtt.csv") for ms in _times(path)]
    failed = calls - _successful(done.stdout)
    return Result(failed, answered)


def _times(path: Path) -> list[float]:
    with path.open() as file:
        return [float(row["response_time_ms"]) for row in csv.DictReader(file, delimiter=";")]


def _successful(screen: str) -> int:
    """The cumulative count on SIPp's last screen."""
    lines = [line for line in screen.splitlines() if "Successful call" in line]
    return int(lines[-1].split("|")[2]) if lines else 0
