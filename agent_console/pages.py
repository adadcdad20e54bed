"""The built pages: files with a hash in their name are kept by browsers for ever, `index.html` never."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse
from starlette.responses import Response

from agent_console.deps import anyone
from agent_console.refusals import not_found

DIST = Path(__file__).parent / "web" / "dist"
NOT_BUILT = (
    "<!doctype html><meta charset=utf-8><title>Huduma</title>"
    "<p>The pages are not built yet: run <code>huduma up</code>."
)


def page_routes(dist: Path = DIST) -> APIRouter:
    """Routes for every file of the build; whatever is no file is a page of the client's own making."""
    router = APIRouter()
    root = dist.resolve()

    @router.get("/{path:path}", dependencies=[anyone], include_in_schema=False)
    def _page(path: str) -> Response:
        if path == "api" or path.startswith("api/") or len(path) > 500:
            raise not_found("call")
        found = (root / path).resolve() if path and "\x00" not in path else root
        if found.is_file() and found.is_relative_to(root):
            hashed = found.parent.name == "assets"
            kept = "public, max-age=31536000, immutable" if hashed else "no-cache"
            return FileResponse(found, headers={"Cache-Control": kept})
        if "." in path.rsplit("/", 1)[-1]:
            raise not_found("file")
        index = root / "index.html"
        if not index.is_file():
            return HTMLResponse(NOT_BUILT, status_code=503)
        return FileResponse(index, headers={"Cache-Control": "no-cache"})

    return router
