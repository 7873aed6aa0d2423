"""Rate limits per client, by address or API key. Flask-Limiter counts a request before it is admitted or its body is read."""

import math
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request
from flask_limiter import ApplicationLimit, Limiter, RateLimitExceeded
from limits.errors import ConfigurationError

from lodebase.db.rate_counts import URI
from lodebase.desk.identity import sign_in
from lodebase.desk.identity.api_keys import ApiKey
from lodebase.errors import BadSetting, LodeError
from lodebase.operations.operation import Cost
from lodebase.settings import Settings
from lodedata.messages import Message, msg
from lodeweb.http.access import sessions
from lodeweb.http.access.admission import is_long
from lodeweb.http.access.api_key import find_current_key, require_valid_key
from lodeweb.http.access.api_key import register as register_keys
from lodeweb.http.access.client_address import list_client_networks
from lodeweb.http.declared import RequestKind, find_request_blueprint, find_request_operation, is_exempt
from lodeweb.http.representation import problem_details

OFF = "off"
KIND_BY_COST: Mapping[Cost, RequestKind] = {"light": "general", "heavy": "layout", "tile": "tiles", "file": "downloads"}
"""The kind of request that a declared operation is counted as."""
PER_DAY = "day"
NETWORK_TIMES = (2, 8)
"""How many times the limit of one address the limits of its wider IPv6 networks are: of the /56 and of the /48."""
LONG_COSTS = 10
"""Number of requests that a long general request counts as: its filter takes ten times the processor time to parse and plan."""
COUNT_MS = 10
"""Milliseconds of a long request that count as one request, once they are known: 1,200 a minute are twelve seconds of work."""
REFUSED = frozenset({429, 503})
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class RateLimits:
    """The limits of the settings by kind of request, in the notation of the library ``limits``."""

    of_kind: Mapping[str, str]
    key_times: int

    def of_client(self, kind: str, key: ApiKey | None) -> str:
        """Return the limit of a kind of request, with a key or without; empty if there is none."""
        if kind == "general" and key is not None and key.per_minute is not None:
            return f"{key.per_minute}/minute"
        limit = self.of_kind[kind]
        if limit == OFF:
            return ""
        amount, _, window = limit.partition("/")
        return limit if key is None else f"{int(amount) * self.key_times}/{window}"


def find_request_kind() -> RequestKind:
    """Return the kind of request that this one is counted as."""
    operation = find_request_operation()
    if operation is not None:
        return KIND_BY_COST[operation.cost]
    blueprint = find_request_blueprint()
    # a HEAD request returns the size of a file and makes none
    if blueprint is None or (blueprint.kind == "downloads" and request.method == "HEAD"):
        return "general"
    return blueprint.kind


def declare_request_cost(count: Callable[[], int]) -> Callable[[View], View]:
    """Declare that a request of a view counts as so many of its kind, by its parameters."""

    def declare(view: View) -> View:
        vars(view)["cost"] = count
        return view

    return declare


def compute_request_cost() -> int:
    """Return how many requests this one counts as."""
    endpoint = request.endpoint or ""
    operation = find_request_operation()
    if operation is not None and operation.count is not None:
        return operation.count(request.args)
    declared: Callable[[], int] | None = getattr(current_app.view_functions.get(endpoint), "cost", None)
    if declared is not None:
        return declared()
    return LONG_COSTS if is_long() and find_request_kind() == "general" else 1


def register(app: Flask, settings: Settings) -> None:
    """Count and limit requests; call this before the admission gate is registered."""
    limits = RateLimits(
        {
            "general": settings.rate_limit,
            "tiles": settings.rate_limit_tiles,
            "downloads": settings.rate_limit_downloads,
            "layout": settings.rate_limit_layout,
        },
        settings.rate_limit_key_times,
    )
    register_keys(app)
    limiter = _build_limiter(app, settings, limits)
    app.before_request(require_valid_key)
    app.register_error_handler(RateLimitExceeded, _build_limit_handler(limiter))

    @app.before_request
    def begin() -> None:
        g.counted_at = time.perf_counter()

    @app.after_request
    def count_work(response: Response) -> Response:
        if _is_counted_by_work() and response.status_code not in REFUSED:
            _count_work(limiter)
        return response

    @app.after_request
    def announce(response: Response) -> Response:
        announced = _build_limit_headers(limiter)
        # what a shared cache stores has nothing of one client
        if announced and not response.cache_control.public:
            response.headers["RateLimit-Policy"], response.headers["RateLimit"] = announced
        return response


def _is_counted_by_work() -> bool:
    """Return whether a request is a long one of the public part; a file of the desk takes as long as it takes."""
    return is_long() and find_request_kind() == "general" and not request.path.startswith("/desk/")


def _count_work(limiter: Limiter) -> None:
    """Count a long request as often as its work took ``COUNT_MS``, less what it was counted as at first; waiting is no work."""
    worked_s = time.perf_counter() - g.get("counted_at", time.perf_counter()) - g.get("waited_s", 0)
    further = int(worked_s * 1000 / COUNT_MS) - compute_request_cost()
    if further <= 0:
        return
    for limit in limiter.current_limits:
        identity, scope = limit.request_args
        if scope != PER_DAY:
            limiter.limiter.hit(limit.limit, identity, scope, cost=min(further, limit.limit.amount))


def _build_limiter(app: Flask, settings: Settings, limits: RateLimits) -> Limiter:
    def of_window() -> str:
        key = find_current_key()
        return limits.of_client(find_request_kind(), key)

    def of_day() -> str:
        key = find_current_key()
        return f"{key.per_day}/day" if key is not None and key.per_day is not None else ""

    def of_network(times: int) -> Callable[[], str]:
        def limit() -> str:
            if find_current_key() is not None or len(list_client_networks()) == 1:
                return ""
            amount, _, window = limits.of_client(find_request_kind(), None).partition("/")
            return f"{int(amount) * times}/{window}" if amount else ""

        return limit

    def network_limit(number: int, times: int) -> ApplicationLimit:
        key = _build_identity_function(number)
        scope = f"network-{number}"
        return ApplicationLimit(limit_provider=of_network(times), key_function=key, scope=scope, cost=compute_request_cost)

    identity = _build_identity_function()
    own = settings.rate_limit_store is None
    limiter = Limiter(
        identity,
        application_limits=[
            ApplicationLimit(
                limit_provider=of_window,
                key_function=identity,
                scope=lambda _endpoint: find_request_kind(),
                cost=compute_request_cost,
            ),
            ApplicationLimit(limit_provider=of_day, key_function=identity, scope=PER_DAY),
            *(network_limit(number, times) for number, times in enumerate(NETWORK_TIMES, 1)),
        ],
        storage_uri=URI if own else settings.rate_limit_store,
        storage_options={"engine": app.extensions["lode"].limits} if own else {},
        in_memory_fallback_enabled=True,
        # if several requests find the store unavailable at once, only the first switches to memory; the others are admitted
        swallow_errors=True,
    )
    limiter.request_filter(lambda: is_exempt("limits"))
    try:
        limiter.init_app(app)
    except ConfigurationError as error:
        raise BadSetting(
            msg(
                "LODE_RATE_LIMIT_STORE=%(rate_limit_store)r: %(error)s", rate_limit_store=settings.rate_limit_store, error=error
            )
        ) from None
    return limiter


def _build_identity_function(network: int = 0) -> Callable[[], str]:
    """Return the function that returns what a request is counted by; addresses are hashed, so that the store holds none.

    The network is the number of one in ``client_networks``; a client without a wider network is counted by its address.
    """
    salt = secrets.token_hex()

    def identity() -> str:
        key = find_current_key()
        if key is not None:
            return f"key-{key.number}"
        try:
            secret = sessions.read_secret()
        except LodeError:
            # without the database the counts are local to this process, so any secret will do
            secret = salt
        return sign_in.hash_client_address(secret, list_client_networks()[min(network, len(list_client_networks()) - 1)])

    return identity


def _build_limit_handler(limiter: Limiter) -> Callable[[RateLimitExceeded], Response]:
    def respond(error: RateLimitExceeded) -> Response:
        g.failure = error
        current_limit = limiter.current_limit
        assert current_limit is not None
        wait = _count_seconds_until(current_limit.window.reset_time)
        detail = msg(
            "The limit of %(most)s requests in %(window)s seconds is used up. Try again in %(wait)s.",
            most=current_limit.limit.amount,
            window=current_limit.limit.get_expiry(),
            wait=_wait_text(wait),
        )
        response = problem_details.build_problem_response(429, msg("Rate limit exceeded"), detail)
        response.headers["Retry-After"] = str(wait)
        return response

    return respond


def _wait_text(seconds: int) -> Message:
    """Return a wait in seconds, or from two minutes on in whole minutes, rounded up."""
    if seconds < 120:
        return msg("%(number)s seconds", number=seconds)
    return msg("%(number)s minutes", number=math.ceil(seconds / 60))


def _build_limit_headers(limiter: Limiter) -> tuple[str, str] | None:
    """Return the headers RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-10), None without a limit."""
    policies, counts = [], []
    for current_limit in limiter.current_limits:
        # the key function's result comes first, the scope second
        name = current_limit.request_args[1]
        policies.append(f'"{name}";q={current_limit.limit.amount};w={current_limit.limit.get_expiry()}')
        counts.append(f'"{name}";r={current_limit.remaining};t={_count_seconds_until(current_limit.window.reset_time)}')
    return (", ".join(policies), ", ".join(counts)) if policies else None


def _count_seconds_until(moment: float) -> int:
    return max(1, math.ceil(moment - time.time()))
