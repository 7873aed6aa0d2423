"""The names and descriptions of Werkzeug's own errors, for the catalogue of translations."""

from lodedata.messages import msg

OF_WERKZEUG = (
    msg("Bad Request"),
    msg("Forbidden"),
    msg("Not Found"),
    msg("Method Not Allowed"),
    msg("Request Timeout"),
    msg("Request Entity Too Large"),
    msg("Request URI Too Long"),
    msg("Unsupported Media Type"),
    msg("Request Header Fields Too Large"),
    msg("Service Unavailable"),
    msg("The browser (or proxy) sent a request that this server could not understand."),
    msg(
        "The requested URL was not found on the server. If you entered the URL manually "
        "please check your spelling and try again."
    ),
    msg("The method is not allowed for the requested URL."),
    msg("The data value transmitted exceeds the capacity limit."),
    msg("The server does not support the media type transmitted in the request."),
)
