"""The caller on the other end of an AGI connection: pyst2's commands, made safe once and here only.

What pyst2 0.5.1 does and this class does not: it installs a signal handler (which only a main thread may), writes every
digit and caller number to stderr, lets a quote or a newline in an argument start a command of its own, and ends with a
bare `ValueError` or an endless loop when Asterisk goes away. Here a connection that ends, a hang-up and a result of -1
all raise `CallerGone`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import BinaryIO

from asterisk.agi import AGI, AGIError

from contact_centre.errors import LinkLost

LONGEST_LINE = 4096
"""Bytes of one line from Asterisk; a longer one is not AGI."""
MOST_LINES = 100
"""Lines of the header at most; Asterisk sends about 25."""
LONGEST_ARGUMENT = 1500
"""Asterisk reads a command into 8 kB; paths and values of ours are far below."""
ANY_KEY = "0123456789*#"
UNSENDABLE = re.compile("[\\x00-\\x1f\\x7f\\ud800-\\udfff]")
PLAIN_VALUE = re.compile(r"[A-Za-z0-9_.:|@-]{0,200}\Z")
"""Nothing in it ends a value, quotes one or is evaluated where several are set by one command."""
VARIABLE_NAME = re.compile(r"[A-Z_][A-Z0-9_]*\Z")


class CallerGone(LinkLost):
    """The caller hung up, was redirected, or Asterisk went away: nothing more can be said on this connection.

    It does not mean that the call ended; only the router knows that.
    """


class BadArgument(ValueError):
    """An argument that cannot be sent as AGI; nothing was sent."""


class AgiCaller(AGI):  # type: ignore[misc]  # pyst2 has no types
    """One caller. Blocking: each call in a thread of its own."""

    def __init__(self, reader: BinaryIO, writer: BinaryIO) -> None:
        """Read the header that Asterisk sends first.

        Raises:
            CallerGone: when the connection ends within it, or it is not AGI.
        """
        self.stdin = reader
        self.stdout = writer
        self._got_sighup = False
        self._soon: dict[str, str] = {}
        self.env: dict[str, str] = {}
        self._get_agi_env()

    def _get_agi_env(self) -> None:
        for _ in range(MOST_LINES):
            line = self._read_line()
            if not line:
                return
            key, _, value = line.partition(":")
            self.env[key.strip()] = value.strip()
        raise CallerGone("the header has no end")

    def _line(self) -> str:
        """The next line of an answer, which may be long in coming."""
        return self._read_line()

    def _read_line(self) -> str:
        try:
            raw = self.stdin.readline(LONGEST_LINE)
        except (OSError, ValueError) as error:
            raise CallerGone("the connection broke") from error
        if not raw.endswith(b"\n"):
            raise CallerGone("the connection ended" if len(raw) < LONGEST_LINE else "a line without end")
        return raw.decode("utf-8", "replace").strip()

    def _quote(self, string: object) -> str:
        """Quote as `res_agi` unquotes: backslash before quote and backslash. No control character gets through."""
        text = str(string)
        if len(text) > LONGEST_ARGUMENT:
            raise BadArgument("an argument is too long")
        if UNSENDABLE.search(text):
            raise BadArgument("an argument holds a control character")
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    def send_command(self, command: str, *args: object) -> None:
        """Write one command on one line; arguments must be quoted already, or be numbers."""
        line = " ".join([command, *map(str, args)])
        if "\n" in line or "\r" in line or "\0" in line:
            raise BadArgument("a command is one line")
        try:
            self.stdout.write(line.encode("utf-8") + b"\n")
            self.stdout.flush()
        except (OSError, ValueError) as error:
            raise CallerGone("the connection broke") from error

    def execute(self, command: str, *args: object) -> dict[str, tuple[str, str]]:
        """Do a command and give its answer; what was to be set soon is set before."""
        if self._soon:
            self.set_variables({})
        self.send_command(command, *args)
        return self.get_result()

    def get_result(self, stdin: object = None) -> dict[str, tuple[str, str]]:
        """Read one answer. `result` holds the value and what stands in brackets behind it."""
        line = self._line()
        if line.startswith("HANGUP"):
            raise CallerGone("Asterisk says hang-up")
        code, _, rest = line.partition(" ")
        if code == "100":  # "Trying": the answer follows
            return self.get_result()
        if code != "200":
            while line.startswith("520-"):
                line = self._line()
            if code == "511":
                raise CallerGone("the channel is dead")
            raise AGIError(f"Asterisk refused a command with {code[:4]}")
        value, _, data = rest.removeprefix("result=").partition(" ")
        data = data.strip().removeprefix("(").removesuffix(")")
        if value == "-1" or (data == "hangup" and value != "1"):
            raise CallerGone("hung up")
        return {"result": (value, data)}

    # What the conversation needs, in its own words

    def variable(self, name: str) -> str:
        """Read a channel variable; empty when it is not set."""
        value, data = self.execute("GET VARIABLE", self._quote(_variable(name)))["result"]
        return data if value == "1" else ""

    def stored(self, family: str, key: str) -> str:
        """Read an entry of Asterisk's own database; empty when there is none."""
        value, data = self.execute("DATABASE GET", self._quote(family), self._quote(key))["result"]
        return data if value == "1" else ""

    def argument(self, number: int) -> str:
        """What the dialplan wrote behind the address, the first being 1; empty when there is none."""
        return self.env.get(f"agi_arg_{number}", "")

    def set_variable(self, name: str, value: str) -> None:
        """Set a channel variable. The dialplan never evaluates what we write, and we write only safe values."""
        self.execute("SET VARIABLE", self._quote(_variable(name)), self._quote(value))

    def set_soon(self, name: str, value: str) -> None:
        """Set a channel variable together with others, before the next command. Values as in `set_variables`."""
        self._soon[_variable(name)] = _plain(value)

    def set_variables(self, values: Mapping[str, str]) -> None:
        """Set channel variables in this order by one command, because each command costs both sides a turn.

        Raises:
            BadArgument: a value holds more than words, numbers and what joins them; nothing was sent.
        """
        pairs = self._soon | {_variable(name): _plain(value) for name, value in values.items()}
        self._soon = {}
        self.execute("EXEC MSet", self._quote(",".join(f"{name}={value}" for name, value in pairs.items())))

    def play(self, files: tuple[str, ...], keys: str = "") -> str:
        """Play files one after another until a key of `keys` is pressed; give it, or nothing."""
        for file in files:
            value, _ = self.execute("STREAM FILE", self._quote(file), self._quote(keys))["result"]
            if value not in {"", "0"}:
                return chr(int(value))
        return ""

    def ask(self, files: tuple[str, ...], digits: int, timeout_ms: int, pressed: str = "") -> tuple[str, bool]:
        """Play files and collect digits at once: any key stops the playing, one pressed before spares it.

        Gives the digits and whether time ran out (False: all were pressed, or `#` ended them).
        """
        first = pressed or self.play(files[:-1], ANY_KEY)
        if first:
            return self._rest(first, digits, timeout_ms)
        last = files[-1] if files else "silence/1"
        value, data = self.execute("GET DATA", self._quote(last), int(timeout_ms), int(digits))["result"]
        return value, data == "timeout"

    def _rest(self, pressed: str, digits: int, timeout_ms: int) -> tuple[str, bool]:
        """The digits after one that stopped the playing."""
        while not pressed.endswith("#") and len(pressed) < digits:
            value, _ = self.execute("WAIT FOR DIGIT", int(timeout_ms))["result"]
            if value in {"", "0"}:
                return pressed, True
            pressed += chr(int(value))
        return pressed.removesuffix("#"), False


def _variable(name: str) -> str:
    if not VARIABLE_NAME.match(name):
        raise BadArgument("not the name of a variable of ours")
    return name


def _plain(value: str) -> str:
    if not PLAIN_VALUE.match(value):
        raise BadArgument("a value that could be taken apart")
    return value
