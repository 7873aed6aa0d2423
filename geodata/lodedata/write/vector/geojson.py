"""GeoJSON (RFC 7946): one feature collection of the features that the store finished."""

from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from lodedata.write.content import FileContent, Rows


def write(content: FileContent, rows: Rows, path: Path) -> None:
    """Write a collection: its metadata, the features, then their number."""
    head = {
        "type": "FeatureCollection",
        "name": content.name,
        "title": content.title,
        "version": content.version,
        "timeStamp": f"{content.moment:%Y-%m-%dT%H:%M:%SZ}",
        "citation": content.citation,
    }
    returned = 0
    with path.open("wb") as stream:
        stream.write(orjson.dumps(head)[:-1] + b',"features":[\n')
        stream.flush()
        for batch in rows(content.table):
            if batch.num_rows:
                stream.write(b",\n" if returned else b"")
                stream.write(join_features(batch.column("feature"), ",\n"))
                stream.flush()
            returned += batch.num_rows
        stream.write(b'\n],"numberReturned":%d}\n' % returned)


def join_features(features: pa.Array, separator: str) -> pa.Buffer:
    """Return all features in order as one text."""
    offsets = pa.array([0, len(features)], pa.int32())
    return pc.binary_join(pa.ListArray.from_arrays(offsets, features), separator)[0].as_buffer()
