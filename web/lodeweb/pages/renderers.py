"""The functions that write the pages of the API's responses, by the type of their content."""

from collections.abc import Mapping

from lodeweb.api.features.items import FeaturePage
from lodeweb.api.layout.clusters import ClusterDocument
from lodeweb.api.layout.grid import GridDocument
from lodeweb.http.representation.html_pages import Renderer
from lodeweb.http.representation.problem_details import ProblemDocument
from lodeweb.pages import failures
from lodeweb.pages.layout import cluster_page, grid_page
from lodeweb.pages.records import record_list

RENDERERS: Mapping[type, Renderer] = {
    FeaturePage: record_list.render,
    ClusterDocument: cluster_page.render,
    GridDocument: grid_page.render,
    ProblemDocument: failures.render,
}
