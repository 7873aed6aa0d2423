"""Labels of a report: titles of its parts, columns and codes; a reader's language is chosen where they are written."""

from collections.abc import Mapping

from lodedata.messages import Message, msg

TITLES: Mapping[str, Message] = {
    "report": msg("Layout check"),
    "inputs": msg("Planned plant"),
    "verdict": msg("Verdict by rule"),
    "rests_on": msg("What the result rests on"),
    "findings": msg("Findings by rule"),
    "measures": msg("Measures without a threshold"),
    "others": msg("Rules that do not count on this date"),
    "inside": msg("Same product inside the area"),
    "radii": msg("Same product by distance"),
    "sites": msg("Nearest sites of the same product"),
    "zones": msg("Zones"),
    "feedstock": msg("Feedstock"),
    "classes": msg("Resources and reserves of deposits in reach, by class (classes are not added up)"),
    "places": msg("Ore deposits and mines in reach"),
    "concentration": msg("Concentration of capacity"),
    "catchment": msg("Catchment (Huff's model)"),
    "same_as": msg("Possible duplicates in the store"),
    "uncertainty": msg("Uncertainty"),
    "sources": msg("Sources"),
}
COLUMNS: Mapping[str, Message] = {
    "rule": msg("Rule ID"),
    "clause": msg("Clause (paraphrased)"),
    "result": msg("Result"),
    "reason": msg("Reason"),
    "standing": msg("Legal status"),
    "citation": msg("Legal source"),
    "link": msg("Page read"),
    "figure": msg("Figure"),
    "unit": msg("Unit"),
    "km": msg("Radius, km"),
    "status": msg("Status"),
    "certain": msg("Certainly inside"),
    "placed": msg("Inside by given position"),
    "possible": msg("Possibly inside"),
    "tpa": msg("Capacity by given position, t/a"),
    "inside_tpa": msg("Capacity inside by given position, t/a"),
    "oldest": msg("Oldest date of a status"),
    "newest": msg("Latest date of a status"),
    "old_status": msg("Statuses older than two years or not dated"),
    "status_on": msg("Date of the status"),
    "data_on": msg("Date of the record"),
    "name": msg("Name"),
    "distance": msg("Distance, km"),
    "edge": msg("Distance to the boundary, km"),
    "accuracy": msg("Position accuracy, m"),
    "capacity": msg("Capacity by status"),
    "note": msg("Note"),
    "source": msg("Sources"),
    "code": msg("Source"),
    "title": msg("Title"),
    "licence": msg("Licence"),
    "as_of": msg("Date of the data"),
    "text": msg("Measured"),
    "kind": msg("Type"),
    "need": msg("Amount required"),
    "per_t": msg("t per t of product"),
    "basis": msg("Basis"),
    "class": msg("Class"),
    "deposits": msg("Deposits"),
    "ore": msg("Ore of the class, t"),
    "contained": msg("Metal of the class, t"),
    "measure": msg("Measure"),
    "before": msg("Without the plant"),
    "after": msg("With the plant"),
    "change": msg("Change"),
    "beta": msg("Exponent beta"),
    "taken": msg("Loss, percentage points"),
    "score": msg("Similarity"),
    "size": msg("Size class"),
    "without": msg("Of which without a figure"),
}
MEASURES: Mapping[str, Message] = {
    "share_pct": msg("Share of the province in the country, %%"),
    "hhi_divisions": msg("Herfindahl-Hirschman index over provinces"),
    "hhi_holders": msg("Herfindahl-Hirschman index over owners"),
    "location_quotient": msg("Location quotient, by records"),
    "nation": msg("Planned to operating capacity of the country, %%"),
    "province": msg("Planned to operating capacity of the province, %%"),
}
MEANINGS: Mapping[str, Message] = {
    "share_pct": msg("by known capacity that operates or is planned, not by output"),
    "hhi_divisions": msg("shows how few provinces hold the capacity, not whether plants are duplicated"),
    "hhi_holders": msg("shows how few owners hold the operating capacity, not whether plants are duplicated"),
    "location_quotient": msg("above 1, the product has a larger share here than in the country; by records, not by tonnes"),
    "nation": msg("new capacity relative to existing capacity; announced plans may never be built"),
    "province": msg("the same for the province; the value varies greatly for small provinces"),
}
ORIGINS: Mapping[str, Message] = {
    "domestic": msg("domestic"),
    "import": msg("imported"),
    "recycled": msg("recycled"),
}
STATES: Mapping[str, Message] = {
    "inside": msg("inside"),
    "possible": msg("possibly inside"),
    "outside": msg("outside"),
    "unknown": msg("not known"),
}
UNITS: Mapping[str, Message] = {"records": msg("records")}
ORE_KINDS: Mapping[str, Message] = {
    "deposit": msg("deposit"),
    "mine": msg("mine"),
}
"""Label of each kind of place of ore."""
ZONE_KINDS: Mapping[str, Message] = {
    "country": msg("country"),
    "division": msg("province"),
    "prefecture": msg("prefecture"),
    "county": msg("county"),
    "key-air-region": msg("key air-pollution region"),
    "protected-area": msg("protected area"),
}
