"""FastAGI over real sockets, with a hand-written Asterisk on the other side: every trap of pyst2, every way to die."""

from __future__ import annotations

import io
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ivr_menus import real_menu
from sqlalchemy import Engine

from contact_centre.database import connect
from contact_centre.journal import Journal
from contact_centre.migrate import migrate
from contact_centre.model import Language
from contact_centre.settings import Settings
from ivr.agi_caller import AgiCaller, BadArgument, CallerGone
from ivr.call_records import LineRecords
from ivr.house_state import HouseState, announcement
from ivr.server import Server
from ivr.turns import Part, Prompt

HOSTILE = ['"', '" "', "\\", '\\"', "a\nHANGUP", "a\r\nb", "\0", "x" * 4096, "\x7f", "\udcff"]
HARMLESS = ['say "hi"', "back\\slash", "a;b|c", "${SHELL(reboot)}", "ünïcödé 📞", "'; DROP TABLE calls; --"]


class FakeAsterisk:
    """The other side: sends the header, answers what is scripted, keeps what was commanded."""

    def __init__(self, port: int, header: dict[str, str] | None = None) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=15)
        self.file = self.socket.makefile("rwb")
        self.commands: list[str] = []
        env = {"network": "yes", "callerid": "0712345678", "channel": "PJSIP/trunk-1", "uniqueid": "1.1"} | (
            header or {}
        )
        self.send("".join(f"agi_{key}: {value}\n" for key, value in env.items()) + "\n")

    def send(self, text: str) -> None:
        self.file.write(text.encode("utf-8", "surrogateescape"))
        self.file.flush()

    def next(self) -> str:
        line = self.file.readline().decode().rstrip("\n")
        self.commands.append(line)
        return line

    def serve(self, keys: Callable[[str], str], until: str = "CC_IVR_RESULT") -> None:
        """Answer as Asterisk does: variables at once, files played in no time, keys as scripted."""
        while line := self.next():
            if line.startswith("GET VARIABLE"):
                value = {"CC_CALL_ID": "c0ffee00-0000", "CC_ENTRY": "main"}.get(line.split('"')[1], "")
                self.send(f"200 result=1 ({value})\n")
            elif line.startswith("GET DATA"):
                self.send(f"200 result={keys(line)}\n")
            else:
                self.send("200 result=0 endpos=1\n" if line.startswith("STREAM") else "200 result=1\n")
            if until in line:
                return

    def close(self) -> None:
        self.file.close()
        self.socket.close()


class Tape:
    """A voice that needs no sound."""

    def files(self, parts: tuple[Part, ...], waiting: Callable[[], None]) -> tuple[str, ...]:
        return tuple(f"{p.language}/{p.id}" if isinstance(p, Prompt) else f"{p.language}/said" for p in parts)

    def one_moment(self, language: Language) -> tuple[str, ...]:
        return ()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path_factory.mktemp('ivr')}/huduma.db"
    migrate(url)
    made = connect(url)
    yield made
    made.dispose()


@pytest.fixture
def server(engine: Engine, tmp_path: Path) -> Iterator[tuple[Server, int]]:
    records = LineRecords(engine, Journal(engine, tmp_path / "spool.jsonl"))
    house = HouseState(Settings(data_dir=tmp_path), engine, lambda _: None)
    server = Server(real_menu(), Tape(), records, house)
    port = server.start(0)
    yield server, port
    server.stop(1)
    records.close()


def no_calls_left(server: Server) -> bool:
    deadline = time.monotonic() + 10
    while server.calls() and time.monotonic() < deadline:
        time.sleep(0.01)
    return server.calls() == 0


def test_a_whole_call_by_keys(server: tuple[Server, int]) -> None:
    asterisk = FakeAsterisk(server[1])
    keys = iter(["1", "2", "1", "0"])
    asterisk.serve(lambda _: next(keys))
    said = asterisk.commands
    assert 'EXEC MSet "CC_LANG=en"' in said
    told = said[-1].removeprefix('EXEC MSet "').removesuffix('"').split(",")
    assert told[-1] == "CC_IVR_RESULT=agent", "last, because it says that the rest is complete"
    assert {"CC_LANG=en", "CC_SKILLS=language:en|agency:immigration", "CC_QUEUE=travel", "CC_CASE="} <= set(told)
    asterisk.close()
    assert no_calls_left(server[0])


@pytest.mark.parametrize("answers", range(8))
def test_a_hang_up_after_any_answer_ends_cleanly(
    answers: int, server: tuple[Server, int], caplog: pytest.LogCaptureFixture
) -> None:
    asterisk = FakeAsterisk(server[1])
    for _ in range(answers):
        line = asterisk.next()
        asterisk.send("200 result=1 (c0ffee00-0000)\n" if line.startswith("GET VARIABLE") else "200 result=1\n")
    if answers % 2:
        asterisk.send("HANGUP\n")
    asterisk.close()
    assert no_calls_left(server[0])
    assert not [r for r in caplog.records if r.exc_info], "no traceback for a caller who left"


def test_redirect_says_minus_one_and_nothing_more_is_sent(server: tuple[Server, int]) -> None:
    asterisk = FakeAsterisk(server[1])
    for value in ("1 (c0ffee00-0000)", "1 (main)", "1", "-1 endpos=0"):
        asterisk.next()
        asterisk.send(f"200 result={value}\n")
    assert asterisk.file.readline() == b""
    asterisk.close()
    assert no_calls_left(server[0])


def test_the_callers_number_never_comes_back_and_never_breaks_anything(server: tuple[Server, int]) -> None:
    for number in [*HOSTILE, *HARMLESS]:
        shown = number.replace("\n", " ").replace("\r", " ")
        asterisk = FakeAsterisk(server[1], {"callerid": shown[:2000], "calleridname": shown[:2000]})
        asterisk.serve(lambda _: "0")
        assert not any("DROP" in line or "SHELL" in line or "reboot" in line for line in asterisk.commands)
        asterisk.close()


@pytest.mark.parametrize("rubbish", [b"", b"\0" * 5000, b"GET / HTTP/1.1\r\n" * 300, b"x" * 100_000, b"agi_a: b\n"])
def test_what_is_no_agi_is_dropped(rubbish: bytes, server: tuple[Server, int]) -> None:
    with socket.create_connection(("127.0.0.1", server[1]), timeout=10) as stranger:
        try:
            stranger.sendall(rubbish)
            stranger.shutdown(socket.SHUT_WR)
        except OSError:
            pass
    assert no_calls_left(server[0])


def test_no_call_id_is_a_failure_and_leaves_no_result(server: tuple[Server, int]) -> None:
    asterisk = FakeAsterisk(server[1])
    for _ in range(2):
        asterisk.next()
        asterisk.send("200 result=0\n")
    assert asterisk.file.readline() == b""
    asterisk.close()


def test_stop_drops_those_who_do_not_leave(server: tuple[Server, int]) -> None:
    asterisk = FakeAsterisk(server[1])
    asterisk.next()
    server[0].stop(0.1)
    asterisk.send("200 result=1 (x)\n")
    assert asterisk.file.read() == b""
    asterisk.close()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", server[1]), timeout=2)


def test_the_dialplan_gives_the_call_id_and_the_entry_behind_the_address(server: tuple[Server, int]) -> None:
    asterisk = FakeAsterisk(server[1], {"arg_1": "c0ffee00-0001", "arg_2": "12"})
    keys = iter(["1", "0"])
    asterisk.serve(lambda _: next(keys))
    assert not [line for line in asterisk.commands if line.startswith("GET VARIABLE")]
    assert "CC_SKILLS=language:en|agency:immigration," in asterisk.commands[-1], "entry 12"
    asterisk.close()


@pytest.mark.parametrize("call_id", ["x", "a" * 65, "a b c d e f", "${UUID()}aaa", '"; drop'])
def test_a_call_id_that_is_none_is_a_failure(call_id: str, server: tuple[Server, int]) -> None:
    asterisk = FakeAsterisk(server[1], {"arg_1": call_id, "arg_2": "main"})
    assert asterisk.file.readline() == b""
    asterisk.close()


# ---- pyst2's traps, one by one


def agi(answers: str, header: str = "agi_request: agi://x/menu\n\n") -> tuple[AgiCaller, io.BytesIO]:
    out = io.BytesIO()
    return AgiCaller(io.BytesIO((header + answers).encode()), out), out


def test_a_digit_pressed_before_the_question_is_its_first() -> None:
    caller, out = agi("200 result=56\n200 result=50\n200 result=49\n")
    assert caller.ask(("en/case-check",), 4, 5000, "4") == ("4821", False)
    assert b"case-check" not in out.getvalue(), "who types already knows what is asked"
    caller, _ = agi("")
    assert caller.ask(("en/main",), 1, 5000, "7") == ("7", False)


def test_it_takes_no_signal_and_writes_nothing_to_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGHUP)
    caller, _ = agi("200 result=4821\n", "agi_callerid: 0712345678\n\n")
    assert caller.ask(("en/case-check",), 4, 5000) == ("4821", False)
    assert signal.getsignal(signal.SIGHUP) is before
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("value", HARMLESS)
def test_arguments_stay_one_argument(value: str) -> None:
    caller, out = agi("200 result=1\n")
    caller.set_variable("CC_QUEUE", value)
    sent = out.getvalue().decode()
    assert sent.count("\n") == 1
    inside = sent[len('SET VARIABLE "CC_QUEUE" "') : -2]
    assert inside.replace("\\\\", "").replace('\\"', "").count('"') == 0
    assert inside.replace('\\"', '"').replace("\\\\", "\\") == value


@pytest.mark.parametrize("value", HOSTILE[4:])
def test_what_cannot_be_sent_is_refused_and_nothing_is_sent(value: str) -> None:
    caller, out = agi("")
    for attempt in (
        lambda: caller.set_variable("CC_QUEUE", value),
        lambda: caller.play((value,)),
        lambda: caller.ask((value,), 1, 5),
        lambda: caller.variable(value),
        lambda: caller.set_variable(value, "x"),
    ):
        with pytest.raises(BadArgument):
            attempt()
    assert out.getvalue() == b""


def test_variables_go_together_before_the_next_command() -> None:
    caller, out = agi("200 result=0\n200 result=0\n200 result=5\n")
    caller.set_soon("CC_NUMBER_ID", "7")
    caller.set_soon("CC_LANG", "sw")
    assert out.getvalue() == b""
    caller.set_variables({"CC_LANG": "en", "CC_SKILLS": "language:en|agency:kra", "CC_IVR_RESULT": "agent"})
    together = "CC_NUMBER_ID=7,CC_LANG=en,CC_SKILLS=language:en|agency:kra,CC_IVR_RESULT=agent"
    assert out.getvalue().decode() == f'EXEC MSet "{together}"\n'
    caller.set_soon("CC_AGENCY", "")
    assert caller.ask(("en/main",), 1, 5000) == ("5", False)
    assert out.getvalue().splitlines()[1:] == [b'EXEC MSet "CC_AGENCY="', b'GET DATA "en/main" 5000 1']


@pytest.mark.parametrize("value", [*HOSTILE, *HARMLESS, "a,CC_IVR_RESULT=agent", "a=b", "(", "[", "${X}", "ü", "1 2"])
def test_what_could_be_taken_apart_is_not_set_with_others(value: str) -> None:
    caller, out = agi("")
    with pytest.raises(BadArgument):
        caller.set_variables({"CC_LANG": "sw", "CC_QUEUE": value})
    with pytest.raises(BadArgument):
        caller.set_soon("CC_QUEUE", value)
    assert out.getvalue() == b""


def test_a_caller_who_leaves_while_variables_are_set_is_gone() -> None:
    caller, _ = agi("HANGUP\n")
    caller.set_soon("CC_LANG", "sw")
    with pytest.raises(CallerGone):
        caller.play(("en/main",))


@pytest.mark.parametrize(
    "end", ["", "200 resu", "HANGUP\n", "200 result=-1\n", "511 Command Not Permitted on a dead channel\n"]
)
def test_every_kind_of_end_is_the_same_end(end: str) -> None:
    with pytest.raises(CallerGone):
        agi(end)[0].ask(("a",), 1, 5)


@pytest.mark.parametrize(
    ("answers", "files", "digits", "given"),
    [
        ("200 result=5\n", 1, 1, ("5", False)),
        ("200 result= (timeout)\n", 1, 1, ("", True)),
        ("200 result=\n", 1, 1, ("", False)),
        ("200 result=12 (timeout)\n", 1, 4, ("12", True)),
        ("200 result=50 endpos=3\n", 2, 1, ("2", False)),
        ("200 result=0 endpos=3\n200 result=7\n", 2, 1, ("7", False)),
        ("200 result=35 endpos=3\n", 2, 8, ("", False)),
        ("200 result=49 endpos=3\n200 result=50\n200 result=0\n", 2, 4, ("12", True)),
        ("200 result=49 endpos=3\n200 result=35\n", 2, 4, ("1", False)),
        ("100 Trying\n200 result=*\n", 1, 1, ("*", False)),
    ],
)
def test_keys_are_collected_and_stop_every_prompt(
    answers: str, files: int, digits: int, given: tuple[str, bool]
) -> None:
    assert agi(answers)[0].ask(("f",) * files, digits, 5000) == given


def test_the_emergency_switch_is_read_with_care() -> None:
    assert announcement({"on": True, "en": " Fire \n now ", "sw": ""}) == {"en": "Fire now"}
    assert announcement({"on": "yes", "en": "x"}) is None
    assert announcement({"on": True}) is None
    assert announcement({"on": True, "en": 5, "sw": "x" * 5000}) == {"en": "5", "sw": "x" * 600}
