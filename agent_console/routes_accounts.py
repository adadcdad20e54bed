"""What an administrator allows an account: to call citizens of its own accord."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import select

from agent_console.auth import audit
from agent_console.clock import now
from agent_console.deps import Administrator, InParts, RowId
from agent_console.messages import Message, Role
from agent_console.refusals import not_found
from contact_centre.database import read_scope, session_scope
from contact_centre.tables import Account

router = APIRouter(prefix="/api")


class AccountView(Message):
    """Somebody who answers calls, and what they may do besides."""

    id: int
    name: str
    username: str
    role: Role
    may_call_out: bool


class CallOutPermission(Message):
    """Whether an account may call citizens."""

    allowed: bool


def _view(account: Account) -> AccountView:
    return AccountView.model_validate(
        {name: getattr(account, name) for name in ("id", "name", "username", "role", "may_call_out")}
    )


@router.get("/accounts")
def accounts(visitor: Administrator, parts: InParts) -> list[AccountView]:
    """Everybody with a phone who can sign in, by name."""
    found = select(Account).where(Account.active, Account.agent_id.is_not(None)).order_by(Account.name, Account.id)
    with read_scope(parts.engine) as session:
        return [_view(account) for account in session.scalars(found)]


@router.put("/accounts/{account_id}/call-out")
def put_call_out(account_id: RowId, body: CallOutPermission, visitor: Administrator, parts: InParts) -> AccountView:
    """Let an account call citizens, or no more; it holds from its next request on, and is written down."""
    with session_scope(parts.engine) as session:
        account = session.get(Account, account_id)
        if account is None or account.agent_id is None:
            raise not_found("account")
        account.may_call_out = body.allowed
        action = "call_out_permitted" if body.allowed else "call_out_forbidden"
        audit(session, visitor.account_id, action, f"account:{account.id}", now())
        return _view(account)
