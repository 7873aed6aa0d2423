"""The functions that write the pages of the API's responses, by the type of their content."""

from collections.abc import Mapping

from lodeweb.api.features.items import FeaturePage
from lodeweb.http.representation.html_pages import Renderer
from lodeweb.http.representation.problem_details import ProblemDocument
from lodeweb.pages import failures
from lodeweb.pages.records import record_list

RENDERERS: Mapping[type, Renderer] = {
    FeaturePage: record_list.render,
    ProblemDocument: failures.render,
}
