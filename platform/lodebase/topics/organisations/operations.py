"""The operation of one organisation: its owners and holdings, projects, capacity by product, and other records."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import orjson

from lodebase.field_types import Description, RecordId, Truth
from lodebase.operations.formats import CSV, HTML, JSON, NOT_IN_DATA, ResultLink
from lodebase.operations.operation import Operation, OperationServices
from lodebase.operations.parameters import Parameters
from lodebase.operations.workbooks import WORKBOOK
from lodebase.query.reading import open_reading
from lodebase.records.feature import read_served_feature
from lodebase.topics.companies.comparison import CompanyProduct, list_company_products, read_leagues
from lodebase.topics.organisations.store import (
    NamingProject,
    NamingRecords,
    ProductCapacity,
    RelatedOrganisation,
    find_holdings,
    find_other_records,
    find_owners,
    find_projects,
    find_subsidiaries,
    measure_capacity,
)
from lodedata.messages import Label, Message, msg
from lodedata.statistics.company_capacity import MODEL

ORGANISATIONS = "organisations"
"""The collection."""


class ProfileParameters(Parameters):
    """The organisation, and whether what names its subsidiaries counts."""

    identity: Annotated[RecordId, Description(msg("The id of an organisation."))]
    include_subsidiaries: Annotated[
        Truth, Description(msg("Whether projects and records of its subsidiaries count; by default no."))
    ] = False


@dataclass(frozen=True, slots=True)
class OrganisationProfile:
    """An organisation: the first projects of all that name it, their capacity in full and by its share, other records."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    properties: dict[str, Any] = field(metadata=NOT_IN_DATA)
    """The properties of its feature."""
    id: str
    name: Label
    country: str | None
    include_subsidiaries: bool
    owners: tuple[RelatedOrganisation, ...]
    holdings: tuple[RelatedOrganisation, ...]
    projects_matched: int
    projects: tuple[NamingProject, ...]
    capacity: tuple[ProductCapacity, ...]
    model: Message
    capacity_by_share: tuple[CompanyProduct, ...]
    """A model, without subsidiaries."""
    records: tuple[NamingRecords, ...]
    links: tuple[ResultLink, ...]


def show_organisation(services: OperationServices, parameters: ProfileParameters) -> OrganisationProfile:
    """Return the profile of an organisation. Raises NotFound, and ServedElsewhere for one that is merged into another."""
    identity = parameters.identity
    feature, version = read_served_feature(services.engine, ORGANISATIONS, identity)
    properties = orjson.loads(feature)["properties"]
    with open_reading(services.engine) as connection:
        ids: Sequence[str] = find_subsidiaries(connection, identity) if parameters.include_subsidiaries else [identity]
        projects = find_projects(connection, ids)
        owners, holdings = find_owners(connection, identity), find_holdings(connection, identity)
        capacity, records = measure_capacity(connection, ids), tuple(find_other_records(connection, ids))
    return OrganisationProfile(
        dataset_version=version,
        properties=properties,
        id=identity,
        name=Label(properties["name_en"], properties["name_zh"]),
        country=properties.get("country"),
        include_subsidiaries=parameters.include_subsidiaries,
        owners=owners,
        holdings=holdings,
        projects_matched=projects.matched,
        projects=projects.records,
        capacity=capacity,
        model=MODEL,
        capacity_by_share=list_company_products(identity, read_leagues(services)),
        records=records,
        links=(ResultLink(f"/api/collections/{ORGANISATIONS}/items/{identity}", "item", "application/geo+json"),),
    )


PROFILE = Operation(
    "organisations.profile",
    "/api/organisations/<identity>",
    msg("Organisation"),
    msg("An organisation: owners and holdings, the projects that name it, their capacity by product, and other records"),
    ProfileParameters,
    run=show_organisation,
    result=OrganisationProfile,
    formats=(JSON, HTML, CSV, WORKBOOK),
    rows=lambda result: result.projects,
    row=NamingProject,
    varies_by=("version",),
    page="/organisations/<identity>",
    command=True,
)
OPERATIONS = (PROFILE,)
