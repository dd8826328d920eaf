#!/usr/bin/env bash
# Serves a demo image directory, or the one that is named, on 127.0.0.1:8006.
#
#   scripts/run.sh [DIR]
set -euo pipefail
cd "$(dirname "$0")/.."
images=${1-}

if [ -z "$images" ]; then
  scripts/install-packages.sh demo
  images=$PWD/out/demo/images
  scripts/demo-images.sh "$images"
fi
state=$PWD/out/demo/state
mkdir -p "$state"
if [ ! -e "$state/api.key" ]; then
  (umask 077 && head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$state/api.key" && echo >>"$state/api.key")
fi

cat <<TEXT

Try, in another terminal:
  curl -H "Authorization: \$(cat $state/api.key)" http://127.0.0.1:8006/ogrepository/v1/images
  curl -H "Authorization: \$(cat $state/api.key)" http://127.0.0.1:8006/ogrepository/v1/status
  curl -O http://127.0.0.1:8006/torrents/Ubuntu24.img.torrent
  $PWD/dist/ogrepo-agent images --key-file $state/api.key

Ctrl-C ends it.

TEXT
exec dist/ogrepo-agent serve --images "$images" --state "$state" --listen 127.0.0.1:8006
