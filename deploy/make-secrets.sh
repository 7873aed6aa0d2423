#!/bin/sh
# Writes the secrets of compose.yaml, one a file, into the folder secrets (or the one named): made once, and left alone when
# there. The folder is closed to other users of the machine; the files can be read, as containers run as other users.
set -eu
folder=${1:-secrets}
random() { head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }
(umask 077 && mkdir -p "$folder")
write() { # NAME TEXT
  [ -s "$folder/$1" ] || { printf '%s\n' "$2" >"$folder/$1.new" && chmod 444 "$folder/$1.new" && mv "$folder/$1.new" "$folder/$1"; }
}
write postgres_password "$(random)"
write database_url "postgresql://lode_owner:$(random)@database:5432/lode"
write site_database_url "postgresql://lode_site:$(random)@database:5432/lode"
write desk_database_url "postgresql://lode_desk:$(random)@database:5432/lode"
echo "secrets are in $folder"
