"""Records, vocabularies, readers, writers and checks of mineral data. No database, no HTTP."""

import pkgutil

# a folder lodedata/kinds of another distribution adds record kinds
__path__ = pkgutil.extend_path(__path__, __name__)
