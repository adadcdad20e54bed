"""Every way to say no over HTTP, in one shape: `{"detail": {"reason": code, "message": sentence}}`.

What was sent is never echoed: a password in a wrong body must not come back, nor reach a log.
"""

from __future__ import annotations

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from contact_centre.errors import BadInput, LinkLost, Refused

log = logging.getLogger(__name__)

STATUS = {
    "not_signed_in": 401,
    "wrong_password": 401,
    "not_allowed": 403,
    "not_an_agent": 403,
    "not_found": 404,
    "too_large": 413,
    "too_many": 429,
    "all_busy": 503,
}


class TooMany(Refused):
    """Tried too often; says after how many seconds to try again."""

    def __init__(self, wait_s: float) -> None:
        """Round up, so that trying exactly then succeeds."""
        self.wait_s = int(wait_s) + 1
        super().__init__("too_many", f"Too many attempts. Try again in {self.wait_s} seconds.")


def not_found(what: str) -> Refused:
    """There is no such thing, or it is not this person's to see: the two are not told apart."""
    return Refused("not_found", f"There is no such {what}.")


def answer(status: int, reason: str, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """One refusal."""
    return JSONResponse({"detail": {"reason": reason, "message": message}}, status_code=status, headers=headers)


def install(app: FastAPI) -> None:
    """Answer every exception in the one shape."""

    @app.exception_handler(Refused)
    def _refused(_: Request, error: Refused) -> JSONResponse:
        headers = {"Retry-After": str(error.wait_s)} if isinstance(error, TooMany) else None
        return answer(STATUS.get(error.reason, 409), error.reason, str(error), headers)

    @app.exception_handler(BadInput)
    def _bad_input(_: Request, error: BadInput) -> JSONResponse:
        return answer(422, "bad_input", str(error))

    @app.exception_handler(RequestValidationError)
    def _bad_shape(_: Request, error: RequestValidationError) -> JSONResponse:
        fields = sorted({str(e["loc"][-1])[:40] for e in error.errors() if e["type"] != "json_invalid" and e["loc"]})
        message = f"Not understood: {', '.join(fields[:8])}" if fields else "The body is not JSON."
        return answer(422, "bad_input", message)

    @app.exception_handler(HTTPException)
    def _by_status(_: Request, error: HTTPException) -> JSONResponse:
        phrase = HTTPStatus(error.status_code).phrase
        headers = dict(error.headers) if error.headers else None
        return answer(error.status_code, phrase.lower().replace(" ", "_"), f"{phrase}.", headers)

    @app.exception_handler(LinkLost)
    def _link_lost(_: Request, error: LinkLost) -> JSONResponse:
        return answer(503, "not_reachable", "A part of the house does not answer just now. Try again.")

    @app.exception_handler(OperationalError)
    def _database_lost(_: Request, error: OperationalError) -> JSONResponse:
        log.error("the database did not answer: %s", type(error.orig).__name__)
        return answer(503, "not_reachable", "The database does not answer just now. Try again.")
