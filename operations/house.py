"""The running house: which programs it is made of, kept alive by supervisord, and how to see that it is well.

supervisord (PyPI `supervisor`) restarts what dies. It is configured from here alone and speaks on a Unix socket in
the data directory; when the process that started it is killed, the kernel tells it to stop, so nothing is left over.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType

import httpx
from supervisor.xmlrpc import SupervisorTransport

from contact_centre.errors import SetupFailed
from contact_centre.settings import PROJECT_ROOT, Settings

PR_SET_PDEATHSIG = 1
"""prctl(2): have the kernel send this process a signal when its parent dies."""


@dataclass(frozen=True, slots=True)
class Program:
    """One process of the house."""

    name: str
    module: str
    stop_s: int = 10
    """How long it may take to stop before it is killed (s)."""


def programs(settings: Settings) -> tuple[Program, ...]:
    """What runs, in the order of starting."""
    centre = (
        Program("asterisk", "asterisk_conf"),
        Program("ivr", "ivr"),
        Program("console", "agent_console"),
        Program("recordings", "recordings"),
        *((Program("router", "queue_manager"),) if settings.router == "apart" else ()),
    )
    return (*centre, Program("carrier", "asterisk_conf carrier")) if settings.mode == "demonstration" else centre


def supervisor_configuration(settings: Settings) -> str:
    """supervisord's configuration as text; `%` is doubled because supervisord expands it."""
    data = str(settings.data_dir).replace("%", "%%")
    python = sys.executable.replace("%", "%%")
    sections = [
        f"[supervisord]\nnodaemon=true\nlogfile={data}/logs/supervisord.log\npidfile={data}/run/supervisord.pid\n"
        f"childlogdir={data}/logs\nidentifier=huduma\nsilent=true\n",
        f"[unix_http_server]\nfile={data}/run/supervisor.sock\nchmod=0700\n",
        "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n",
    ]
    for number, program in enumerate(programs(settings)):
        sections.append(
            f"[program:{program.name}]\ncommand={python} -m {program.module}\n"
            f"directory={str(PROJECT_ROOT).replace('%', '%%')}\npriority={number}\n"
            f"autorestart=true\nstartretries=1000\nstartsecs=1\nstopwaitsecs={program.stop_s}\n"
            f"stopasgroup=true\nkillasgroup=true\nredirect_stderr=true\n"
            f"stdout_logfile={data}/logs/{program.name}.log\nstdout_logfile_maxbytes=20MB\nstdout_logfile_backups=5\n"
        )
    return "\n".join(sections)


class House:
    """The house as one process tree. A context manager: leaving it stops everything."""

    def __init__(self, settings: Settings, environment: dict[str, str] | None = None) -> None:
        """`environment` is what the programs get beside ours (tests put their own ports there)."""
        self._settings = settings
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start supervisord and through it every program."""
        path = self._settings.data_dir / "run" / "supervisord.conf"
        path.parent.mkdir(parents=True, exist_ok=True)
        (self._settings.data_dir / "logs").mkdir(exist_ok=True)
        path.write_text(supervisor_configuration(self._settings))
        command = [sys.executable, "-W", "ignore", "-m", "supervisor.supervisord", "-n", "-c", str(path)]
        with (self._settings.data_dir / "logs" / "supervisord.err").open("ab") as errors:
            self._process = subprocess.Popen(
                command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                preexec_fn=_die_with_parent,
                start_new_session=True,  # Ctrl-C reaches us alone; we stop the rest in order
            )

    def wait_until_ready(self, timeout_s: float = 60) -> None:
        """Return when the console answers, Asterisk is linked and the AGI port accepts.

        Raises:
            SetupFailed: naming the programs that do not run and their logs.
        """
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                raise SetupFailed(f"supervisord ended: see {self._settings.data_dir / 'logs' / 'supervisord.err'}")
            if self.is_ready():
                return
            time.sleep(0.2)
        raise SetupFailed(f"the house did not get ready in {timeout_s:.0f} s: {self.trouble()}")

    def is_ready(self) -> bool:
        """True when every part answers."""
        try:
            answer = self._asking.get("/api/health")
        except httpx.HTTPError:
            return False
        health = answer.json() if answer.status_code == 200 else {}
        return bool(health.get("asterisk") and health.get("database")) and self.running()

    def running(self) -> bool:
        """True when supervisord says RUNNING of every program."""
        return all(state == "RUNNING" for state, _ in self.states().values())

    def states(self) -> dict[str, tuple[str, int]]:
        """Each program's state in supervisord's words, and its pid (0: none)."""
        try:
            with closing(self._transport()) as transport:
                found = xmlrpc.client.ServerProxy("http://localhost", transport).supervisor.getAllProcessInfo()
        except OSError:
            return {program.name: ("UNKNOWN", 0) for program in programs(self._settings)}
        assert isinstance(found, list)
        return {str(one["name"]): (str(one["statename"]), int(one["pid"])) for one in found}

    @contextmanager
    def without(self, program: str) -> Iterator[None]:
        """Keep one program stopped until the block ends."""
        self._tell_supervisor("stopProcess", program)
        try:
            yield
        finally:
            self._tell_supervisor("startProcess", program)

    def _tell_supervisor(self, method: str, program: str) -> None:
        with closing(self._transport()) as transport:
            getattr(xmlrpc.client.ServerProxy("http://localhost", transport).supervisor, method)(program)

    def trouble(self) -> str:
        """Which programs do not run, and where their last words are; for people."""
        logs = self._settings.data_dir / "logs"
        ill = [f"{name} is {state} (see {logs / name}.log)" for name, (state, _) in self.states().items()]
        return "; ".join(line for line in ill if " RUNNING " not in line) or "a part does not answer"

    def wait(self) -> int:
        """Block until supervisord ends."""
        assert self._process is not None
        return self._process.wait()

    def stop(self) -> None:
        """Stop every program in order, then supervisord."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def __enter__(self) -> House:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, whatever happened."""
        self.stop()

    @cached_property
    def _asking(self) -> httpx.Client:
        """Kept, because making one reads every certificate authority: 50 ms of the processor. The connections are not:
        the console at their other end may have died since."""
        return httpx.Client(
            base_url=self._settings.console_url, timeout=2, limits=httpx.Limits(max_keepalive_connections=0)
        )

    def _transport(self) -> SupervisorTransport:
        return SupervisorTransport(None, None, f"unix://{self._settings.data_dir / 'run' / 'supervisor.sock'}")


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
