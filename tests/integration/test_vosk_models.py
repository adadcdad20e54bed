"""Fetching a model from a real HTTP server: resumed, remembered by its hash, refused when it is none."""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from running_asterisk import free_ports
from vosk_korean import KOREAN, cut_in_half

from contact_centre.errors import FileMistake, Refused, SetupFailed
from contact_centre.settings import PROJECT_ROOT
from ivr.model_directory import GRAPH
from operations.models import MODELS, fetch

pytestmark = pytest.mark.gives_way

NAME = MODELS[0].name


def packed(mark: bytes = b"") -> bytes:
    """The smallest thing that looks like a model."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(f"{NAME}/am/final.mdl", b"\0B<TransitionModel> " + bytes(200_000) + mark)
        archive.writestr(f"{NAME}/graph/HCLG.fst", GRAPH + bytes(200_000))
        archive.writestr(f"{NAME}/conf/mfcc.conf", "--sample-frequency=8000")
    return made.getvalue()


class Site(ThreadingHTTPServer):
    """Serves one file, with ranges."""

    contents = packed()
    asked: list[str]


class Door(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Site)
        told = self.headers.get("Range", "")
        self.server.asked.append(told)
        start = int(found[1]) if (found := re.match(r"bytes=(\d+)-", told)) else 0
        body = self.server.contents[start:]
        self.send_response(206 if told else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[Site]:
    with Site(("127.0.0.1", 0), Door) as server:
        server.asked = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def address(site: Site) -> str:
    return f"http://127.0.0.1:{site.server_port}"


def test_a_download_goes_on_where_it_stopped(site: Site, tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.zip.part").write_bytes(site.contents[:1000])
    assert fetch(NAME, tmp_path, address(site)) == tmp_path / NAME
    assert site.asked == ["bytes=1000-"]
    assert fetch(NAME, tmp_path, address(site)) == tmp_path / NAME
    assert len(site.asked) == 1


def test_another_file_under_the_same_name_is_refused(site: Site, tmp_path: Path) -> None:
    shutil.rmtree(fetch(NAME, tmp_path, address(site)))
    site.contents = packed(b"changed")
    with pytest.raises(Refused, match="another than at the first fetch"):
        fetch(NAME, tmp_path, address(site))


def test_what_is_no_model_is_refused_and_deleted(site: Site, tmp_path: Path) -> None:
    site.contents = b"<html>sorry</html>"
    with pytest.raises(FileMistake, match="no Vosk model"):
        fetch(NAME, tmp_path, address(site))
    assert not list(tmp_path.iterdir())


def test_a_site_out_of_reach_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SetupFailed, match=r"cannot be reached from here .* set vosk_model_en"):
        fetch(NAME, tmp_path, f"http://127.0.0.1:{free_ports(1)[0]}")
    with pytest.raises(Refused, match="there is no model"):
        fetch("vosk-model-sw", tmp_path)


def huduma_models(*arguments: str, cache: Path) -> subprocess.CompletedProcess[str]:
    """The command as people give it, with its own place for what is fetched."""
    return subprocess.run(
        [sys.executable, "-m", "contact_centre.cli", "models", *arguments],
        cwd=PROJECT_ROOT,
        env={**os.environ, "HUDUMA_CACHE_DIR": str(cache)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_the_list_tells_size_licence_and_hash_of_each_model_and_what_is_fetched(site: Site, tmp_path: Path) -> None:
    told = huduma_models("list", cache=tmp_path).stdout
    for model in MODELS:
        (line,) = (line for line in told.splitlines() if line.startswith(model.name))
        assert f"{model.megabytes} MB" in line
        assert model.licence in line
        assert "fetched" not in line
    assert told.count("SHA-256 not known before the first fetch") == len(MODELS)
    assert "None exists for Kiswahili" in told
    fetched = huduma_models("fetch", NAME, "--site", address(site), cache=tmp_path)
    assert fetched.returncode == 0
    assert f"{tmp_path}/models/{NAME}\nset vosk_model_en to it" in fetched.stdout
    told = huduma_models("list", cache=tmp_path).stdout
    assert f"fetched: {tmp_path}/models/{NAME}" in told
    assert f"SHA-256 {hashlib.sha256(site.contents).hexdigest()}" in told


def test_check_takes_a_model_that_hears_and_tells_why_it_refuses_another(tmp_path: Path) -> None:
    taken = huduma_models("check", str(KOREAN), cache=tmp_path)
    assert taken.returncode == 0
    assert f"{KOREAN} is a Vosk model (it was loaded, and heard a second of noise)" in taken.stdout
    for directory, reason in (
        (tmp_path, "this is no Vosk model: am/final.mdl is not there"),
        (cut_in_half(tmp_path / "cut", "graph/HCLr.fst"), "Vosk cannot load this model, or dies of it"),
    ):
        refused = huduma_models("check", str(directory), cache=tmp_path)
        assert refused.returncode == 1
        assert reason in refused.stderr
        assert "Traceback" not in refused.stderr
    unknown = huduma_models("fetch", "vosk-model-sw", cache=tmp_path)
    assert unknown.returncode == 1
    assert "there is no model 'vosk-model-sw'" in unknown.stderr
