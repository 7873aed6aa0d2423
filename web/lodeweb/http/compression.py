"""Answers are made smaller for clients that can take it, at levels that cost less than the bytes they save."""

from flask import Flask, Response
from flask_compress import Compress

TYPES = (
    *("text/html", "text/css", "text/plain", "text/csv", "text/javascript", "application/javascript", "image/svg+xml"),
    *("application/json", "application/geo+json", "application/schema+json", "application/problem+json"),
    *("application/vnd.oai.openapi+json", "application/vnd.mapbox-vector-tile", "application/geo+json-seq"),
)
SMALLEST = 1_000
"""Bytes: what fits a network packet anyway is left as it is."""


def register(app: Flask) -> None:
    """Compress what is worth it: zstd or gzip or brotli, as the client likes."""
    app.config.update(
        COMPRESS_MIMETYPES=list(TYPES),
        COMPRESS_MIN_SIZE=SMALLEST,
        COMPRESS_ALGORITHM=["zstd", "gzip", "br"],
        COMPRESS_ALGORITHM_STREAMING=["zstd", "gzip", "br"],
        COMPRESS_LEVEL=2,
        COMPRESS_BR_LEVEL=2,
        COMPRESS_ZSTD_LEVEL=1,
        # freshness decides on tags before the work, flask on files
        COMPRESS_EVALUATE_CONDITIONAL_REQUEST=True,
        COMPRESS_STREAMING_ENDPOINT_CONDITIONAL=["static"],
    )

    @app.after_request
    def as_it_is(response: Response) -> Response:
        # a file that is sent as it is says so to what is registered below
        if response.headers.get("Content-Encoding") == "identity":
            del response.headers["Content-Encoding"]
        return response

    Compress(app)
