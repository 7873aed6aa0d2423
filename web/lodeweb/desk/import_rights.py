"""Who may order, check and publish imports at the desk, by role and by the setting LODE_REVIEW_IMPORTS."""

from lodebase.desk.identity.accounts import ROLE_NAMES, Account
from lodebase.errors import NotAllowed
from lodedata.messages import msg
from lodeweb.http.access.sessions import find_current_account, require_account
from lodeweb.http.database import get_site


def are_reviewed() -> bool:
    """Return whether an import that is ordered waits for a second person."""
    return get_site().settings.review_imports


def may_order(of: Account | None) -> bool:
    """Return whether an account may prepare and order imports: an expert's needs a review, so only where there is one."""
    return of is not None and of.may("expert" if are_reviewed() else "administrator")


def may_publish(of: Account) -> bool:
    """Return whether an account may publish the imports of others."""
    return of.may("administrator")


def require_order() -> None:
    """Raise NotAllowed unless the account that is signed in may order imports."""
    current_account = require_account()
    if not may_order(current_account):
        raise NotAllowed(
            msg(
                "This needs the role %(wanted)s; %(name)s has the role %(role)s.",
                name=current_account.name,
                role=ROLE_NAMES[current_account.role],
                wanted=ROLE_NAMES["administrator"],
            )
        )


def are_offered() -> bool:
    """Return whether the desk offers imports to the account that is signed in."""
    return may_order(find_current_account())
