"""HTML pages of responses: a table from the type of the content to its renderer, set when the app is created."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, current_app

Renderer = Callable[[Any], str]
KEY = "lode-pages"


def register(app: Flask, renderers: Mapping[type, Renderer]) -> None:
    """Set the renderers of an app."""
    app.extensions[KEY] = renderers


def render(content: object) -> str:
    """Return the HTML page of a content."""
    renderers: Mapping[type, Renderer] = current_app.extensions[KEY]
    return renderers[type(content)](content)
