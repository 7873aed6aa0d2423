"""The project of QGIS that opens all collections of this site."""

from flask import Blueprint, Response, request

from lodebase.errors import BadQuery
from lodebase.query.collections_ import COLLECTIONS
from lodedata.maps import qgis_project
from lodedata.messages import list_languages, msg
from lodeweb.api.features import query_parameters

blueprint = Blueprint("qgis_project", __name__)


@blueprint.get("/download/lode.qgz")
def project() -> Response:
    """Return the project, with titles in one language or in each."""
    query_parameters.check_general_parameters(request.args, extra=("lang",))
    lang = request.args.get("lang")
    if lang not in (None, *list_languages()):
        raise BadQuery(
            "lang",
            str(lang)[:200],
            msg('%(parameter)s must be one of %(choices)s or be left out, not "%(value)s".', choices=list_languages()),
        )
    options = qgis_project.ProjectOptions(request.url_root.rstrip("/"), lang)
    response = Response(qgis_project.write([collection.kind for collection in COLLECTIONS.values()], options))
    response.mimetype = qgis_project.MEDIA_TYPE
    response.headers["Content-Disposition"] = 'attachment; filename="lode.qgz"'
    return response
