#!/usr/bin/env sh
# Sees to a Chromium for the browser tests: the one that is there, else Debian's, where this user may install packages.
# Says what it did and never fails: without a Chromium those tests are named as not run.
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "no Chromium, and no right to install one: the browser tests will not run" >&2
    exit 0
fi
echo "installing Chromium for the browser tests (once)" >&2
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null 2>&1
apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1 ||
    echo "Chromium can't be installed here: the browser tests will not run" >&2
exit 0
