"""Compression of responses, at levels that cost less than the bytes they save."""

from flask import Flask, Response
from flask_compress import Compress

TYPES = (
    *("text/html", "text/css", "text/plain", "text/csv", "text/javascript", "application/javascript", "image/svg+xml"),
    *("application/json", "application/geo+json", "application/schema+json", "application/problem+json"),
    *("application/vnd.oai.openapi+json", "application/vnd.mapbox-vector-tile", "application/geo+json-seq"),
)
MIN_COMPRESSED_BYTES = 1_000
"""Minimum length in bytes; a response that fits a network packet is not compressed."""


def register(app: Flask) -> None:
    """Compress responses where it pays: zstd, gzip or brotli, as the client prefers."""
    app.config.update(
        COMPRESS_MIMETYPES=list(TYPES),
        COMPRESS_MIN_SIZE=MIN_COMPRESSED_BYTES,
        COMPRESS_ALGORITHM=["zstd", "gzip", "br"],
        COMPRESS_ALGORITHM_STREAMING=["zstd", "gzip", "br"],
        COMPRESS_LEVEL=2,
        COMPRESS_BR_LEVEL=2,
        COMPRESS_ZSTD_LEVEL=1,
        # entity tags are compared before the response is made, those of files by Flask
        COMPRESS_EVALUATE_CONDITIONAL_REQUEST=True,
        COMPRESS_STREAMING_ENDPOINT_CONDITIONAL=["static"],
    )

    @app.after_request
    def as_it_is(response: Response) -> Response:
        # a file that is sent unchanged marks it for the handlers registered below
        if response.headers.get("Content-Encoding") == "identity":
            del response.headers["Content-Encoding"]
        return response

    Compress(app)
