#!/usr/bin/env bash
# Puts the last published archive at archive.db and tells its ledger head. Both jobs of scrape.yml begin with this.
#
# Where the archive is kept in the branch (REDLINE_PUBLISH=commit), the checkout has brought it. Where it is kept as an
# asset of the release `archive` (REDLINE_PUBLISH=release), the file archive.pointer in the branch names the asset and
# its SHA-256. An archive that is not there is never begun anew: an empty one would take the place of the history.
set -euo pipefail

fail() {
  echo "::error title=Redline::$1"
  exit 1
}

told() {
  sed -n "s/^$1 //p" archive.pointer
}

if [ "$REDLINE_PUBLISH" != commit ] && [ "$REDLINE_PUBLISH" != release ]; then
  fail "The variable REDLINE_PUBLISH says neither commit nor release: correct it in the settings of the repository."
elif [ -e archive.pointer ] && [ -e archive.db ]; then
  fail "There are archive.db and archive.pointer, and only one can be the last archive: remove the other from the branch."
elif [ -e archive.pointer ] && [ "$REDLINE_PUBLISH" = commit ]; then
  fail "The archive is a release asset: set the variable REDLINE_PUBLISH to release, or commit the asset that archive.pointer names as archive.db in its place."
elif [ -e archive.pointer ]; then
  asset="$(told asset)"
  if ! [[ "$asset" =~ ^archive-[0-9TZ-]+\.db$ && "$(told sha256)" =~ ^[0-9a-f]{64}$ ]]; then
    fail "archive.pointer is damaged: restore it from the history of the branch."
  fi
  if ! gh release download archive --repo "$GITHUB_REPOSITORY" --pattern "$asset" --output archive.db; then
    fail "The asset $asset, which archive.pointer names, could not be had from the release archive. If the host was at fault, run this again; if the asset is lost, upload a copy of it, or point archive.pointer at the last asset that is there."
  fi
  if ! echo "$(told sha256)  archive.db" | sha256sum --check --status; then
    fail "The asset $asset does not have the SHA-256 that archive.pointer names: it was replaced or cut short. Upload the true copy, or point archive.pointer at the last asset that is whole."
  fi
elif [ ! -e archive.db ] && [ "$REDLINE_PUBLISH" = release ] &&
  kept="$(gh release view archive --repo "$GITHUB_REPOSITORY" --json assets --jq '.assets[].name')" && [ -n "$kept" ]; then
  fail "The release has archives, and archive.pointer, which says which is the last, is lost: restore it from the history of the branch."
elif [ ! -e archive.db ]; then
  fail "There is no archive.db. If there never was one, make it with \`redline run\` on your machine and commit it. If there was, restore it from the history of the branch."
fi

python3 -I scraper/archive/succession.py sound archive.db
head="$(python3 -I scraper/archive/succession.py head archive.db)"
if [ -e archive.pointer ] && [ "$head" != "$(told ledger-head)" ]; then
  fail "The ledger of the asset does not end with the head that archive.pointer names: restore archive.pointer from the history of the branch."
fi
cp archive.db "$RUNNER_TEMP/before.db"
echo "head=$head" >> "$GITHUB_OUTPUT"
echo "sha256=$(sha256sum < archive.db | cut -c 1-64)" >> "$GITHUB_OUTPUT"
