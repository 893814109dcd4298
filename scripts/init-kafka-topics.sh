#!/usr/bin/env bash
# Creates the topics that are missing. Safe to repeat.
set -euo pipefail
cd "$(dirname "$0")/.."
exec node scripts/run.mjs apps/cli/src/main.ts topics create "$@"
