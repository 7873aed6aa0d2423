#!/bin/sh
# Makes the roles of Lode in a new database, each with the password of its secret. The image of PostgreSQL runs it once, when
# it makes the database; it connects as that database's superuser, whose login nothing else uses.
#
#   lode_owner   owns the tables: upgrades, imports, accounts. Only the services migrate and tasks have its secret.
#   lode_site    reads
#   lode_desk    adds what signed-in people write
#   lode_import  has no login; what an import may write is granted to it, and lode_owner is a member
set -eu
secrets=${LODE_SECRETS:-/run/secrets}

password() { # ROLE SECRET: the password in the database URL of a role
  found=$(sed -n "s|^postgresql://$1:\([A-Za-z0-9_-]\{16,\}\)@.*|\1|p" "$secrets/$2")
  [ -n "$found" ] || {
    echo "lode: $secrets/$2 holds no postgresql://$1:PASSWORD@... with a password of at least 16 letters and digits" >&2
    exit 2
  }
  printf %s "$found"
}

OWNER_PASSWORD=$(password lode_owner database_url)
SITE_PASSWORD=$(password lode_site site_database_url)
DESK_PASSWORD=$(password lode_desk desk_database_url)
export OWNER_PASSWORD SITE_PASSWORD DESK_PASSWORD

psql -X -q -v ON_ERROR_STOP=1 -v database="$POSTGRES_DB" -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<'SQL'
\getenv owner_password OWNER_PASSWORD
\getenv site_password SITE_PASSWORD
\getenv desk_password DESK_PASSWORD
-- a statement that fails must not be logged with its password
SET log_min_error_statement = panic;
SET log_statement = none;
SET password_encryption = 'scram-sha-256';
BEGIN;
CREATE ROLE lode_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE lode_import NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
CREATE ROLE lode_site LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'site_password';
CREATE ROLE lode_desk LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'desk_password';
GRANT lode_import, lode_site, lode_desk TO lode_owner;
ALTER ROLE lode_site SET default_transaction_read_only = on;
ALTER DATABASE :"database" OWNER TO lode_owner;
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO lode_owner, lode_site, lode_desk;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
CREATE EXTENSION IF NOT EXISTS postgis;
COMMIT;
SQL
