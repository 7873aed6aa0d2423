"""Cross-origin reads for scripts of every origin (the Fetch standard's CORS protocol); no response depends on the user."""

from flask import Flask, Response, request

EXPOSED = (
    "Link, Content-Crs, ETag, OGC-NumberMatched, OGC-NumberReturned, Lode-Dataset-Version, X-Request-Id, Retry-After, "
    "RateLimit, RateLimit-Policy, Location, Preference-Applied"
)
OPEN = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": EXPOSED}
REQUEST_HEADERS = "Accept, Accept-Language, Content-Type, If-None-Match, X-API-Key, Prefer"
A_DAY_S = 86_400


def register(app: Flask) -> None:
    """Allow scripts of other sites to read the API."""

    @app.after_request
    def opened(response: Response) -> Response:
        if request.path.startswith("/api"):
            headers = response.headers
            headers.extend(OPEN)
            if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
                headers["Access-Control-Allow-Methods"] = headers.get("Allow", "GET, HEAD, OPTIONS")
                headers["Access-Control-Allow-Headers"] = REQUEST_HEADERS
                headers["Access-Control-Max-Age"] = str(A_DAY_S)
        return response
