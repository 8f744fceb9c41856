# A public, unchanging copy of an archive. Build it where the archive is, and build it again to publish a newer one:
#
#   docker build --build-arg ARCHIVE=archive.db -t redline .
#   docker run --read-only --tmpfs /tmp --memory 512m --cap-drop ALL --security-opt no-new-privileges -p 8001:8001 redline
#
# Put a proxy with TLS and a limit of requests in front. docs/public.md says what the instance itself sees to.
FROM python:3.13-slim

ARG ARCHIVE=archive.db
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /build
COPY pyproject.toml README.md LICENSE ./
COPY scraper scraper
RUN python -m pip install . && rm -rf /build/build /build/*.egg-info

WORKDIR /srv
COPY ${ARCHIVE} archive.db
# An archive that does not hold what it claims is not published, and neither is one with pages still in a side file.
RUN python -c "import sqlite3; print(sqlite3.connect('archive.db').execute('pragma journal_mode = delete').fetchone()[0])"
RUN redline verify --db archive.db
RUN python -m datasette inspect archive.db --inspect-file inspect-data.json
RUN chmod -R a=rX /srv

# Nobody in particular, who owns nothing: not even the files that are served.
USER 65534:65534
EXPOSE 8001
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8001/-/versions.json', timeout=4)"]
CMD ["redline", "serve", "--immutable", "--db", "archive.db", "--host", "0.0.0.0", "--port", "8001"]
