"""Evidence files: signed results that prove themselves without this site, the public keys, and the verification."""
