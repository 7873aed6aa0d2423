"""The operation of distances from a place to highways, railways, ports, power and settlements of the ground layers."""

from dataclasses import dataclass

from lodebase.field_types import Latitude, Longitude
from lodebase.ground.distances import GroundDistance, measure_all
from lodebase.operations.operation import Operation, OperationServices
from lodebase.operations.parameters import Parameters
from lodedata.messages import Message, msg

NOTE = msg(
    "Geodesic distances in kilometres to the nearest feature of each ground layer of this site, not along a route. A kind "
    "without a layer is not held here."
)


class PlaceParameters(Parameters):
    """The place."""

    lon: Longitude
    lat: Latitude


@dataclass(frozen=True, slots=True)
class GroundDistances:
    """A place with its distances, one for each kind that is measured."""

    lon: float
    lat: float
    distances: tuple[GroundDistance, ...]
    note: Message


def measure_distances(services: OperationServices, parameters: PlaceParameters) -> GroundDistances:
    """Return the distances from a place to the nearest feature of each kind of ground layer."""
    measured = measure_all(services.settings, parameters.lon, parameters.lat)
    return GroundDistances(parameters.lon, parameters.lat, measured, NOTE)


DISTANCES = Operation(
    "surroundings.distances",
    "/api/ground/distances",
    msg("Distances on the ground"),
    msg("The distance from a place to the nearest highway, railway, port, power plant and settlement of the ground layers"),
    PlaceParameters,
    run=measure_distances,
    result=GroundDistances,
    command=True,
    process=True,
)
OPERATIONS = (DISTANCES,)
