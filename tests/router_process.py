"""A router in a process of its own, so that a test can kill it: `python tests/router_process.py DATABASE_URL`."""

from __future__ import annotations

import asyncio
import sys

from contact_centre.database import connect
from contact_centre.settings import load_settings
from queue_manager.runner import Runner


async def main(url: str) -> None:
    """Run until killed; each change of how many wait is a line on standard output."""
    runner = Runner(load_settings(), connect(url))
    await runner.start()
    with runner.subscribe() as changed:
        while True:
            changed.clear()
            view = runner.view()
            waiting = sum(call.state == "waiting" for call in view.calls)
            print(f"link={view.link_up} waiting={waiting}", flush=True)
            await changed.wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
