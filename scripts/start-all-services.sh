#!/usr/bin/env bash
# Starts every part and process in the background, unless they run.
set -euo pipefail
cd "$(dirname "$0")/.."
exec node scripts/run.mjs apps/cli/src/main.ts up --detach "$@"
