"""Published XML schemas, as the environment of CKAN's harvester has them; nothing is fetched from the network."""

import functools
import re
from pathlib import Path
from typing import Any

from owslib.etree import etree

CKAN = Path(__file__).parents[2] / ".venv-ckan"
GML, XSD = "http://www.opengis.net/gml/3.2", "http://www.w3.org/2001/XMLSchema"
PLACES = {
    r".*/ISO_19139_Schemas/(.+)": "ckanext/iso19115/namespaces/schemas.opengis.net/iso/19139/20070417/{}",
    r".*/ISO_19136_Schemas/(.+)": "ckanext/iso19115/namespaces/schemas.opengis.net/gml/3.2.1/{}",
    r".*/19115/-3/gml/3\.2\.1/(.+)": "ckanext/iso19115/namespaces/schemas.opengis.net/gml/3.2.1/{}",
    r"https?://schemas\.opengis\.net/(.+)": "ckanext/iso19115/namespaces/schemas.opengis.net/{}",
    r"https?://standards\.iso\.org/iso/(.+)": "ckanext/iso19115/namespaces/{}",
    r"https?://www\.w3\.org/2001/(xml\.xsd)": "xmlschema/schemas/XML/{}",
    r"https?://www\.w3\.org/1999/(xlink\.xsd)": "xmlschema/schemas/XLINK/{}",
}
"""Where a package has the schema of an address."""


def packages() -> Path:
    """Return the folder of the packages of the environment."""
    (found,) = CKAN.glob("lib/python3.*/site-packages")
    return found


class LocalSchemas(etree.Resolver):  # type: ignore[misc] # lxml has no types
    """Finds each schema in a package; one that no package has is an error."""

    def resolve(self, url: str, _identity: str, context: Any) -> Any:
        """Return the schema of an address."""
        for pattern, place in PLACES.items():
            if match := re.fullmatch(pattern, url):
                return self.resolve_filename(str(packages() / place.format(match[1])), context)
        assert not url.startswith("http"), url
        return None


@functools.cache
def schema(address: str) -> Any:
    """Return the schema of an address."""
    return _read(f'<schema xmlns="{XSD}"><import namespace="{_namespace(address)}" schemaLocation="{address}"/></schema>')


def simple_feature(namespace: str, kind: str, names: str) -> Any:
    """Return the schema of a simple feature of GML 3.2: its properties in order, those with ! required, a shape, and others."""
    properties = "".join(
        f'<element name="{name.rstrip("!")}" type="string" minOccurs="{int(name.endswith("!"))}"/>' for name in names.split()
    )
    return _read(f"""<schema xmlns="{XSD}" xmlns:gml="{GML}" targetNamespace="{namespace}" elementFormDefault="qualified">
      <import namespace="{GML}" schemaLocation="http://schemas.opengis.net/gml/3.2.1/gml.xsd"/>
      <element name="{kind}" substitutionGroup="gml:AbstractFeature"><complexType><complexContent>
        <extension base="gml:AbstractFeatureType"><sequence>{properties}
          <element name="shape" type="gml:GeometryPropertyType"/>
          <any processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
        </sequence></extension></complexContent></complexType></element></schema>""")


def errors(of: Any, element: Any) -> list[str]:
    """Return what a schema finds in an element."""
    of.validate(element)
    return [f"line {one.line}: {one.message}" for one in of.error_log]


def _namespace(address: str) -> str:
    (place,) = (place.format(match[1]) for pattern, place in PLACES.items() if (match := re.fullmatch(pattern, address)))
    return str(etree.parse(packages() / place).getroot().get("targetNamespace"))


def _read(text: str) -> Any:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(LocalSchemas())
    return etree.XMLSchema(etree.fromstring(text, parser))
