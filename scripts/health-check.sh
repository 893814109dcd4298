#!/usr/bin/env bash
# Tells whether database, broker and every process are well; fails if one is not.
set -euo pipefail
cd "$(dirname "$0")/.."
exec node scripts/run.mjs apps/cli/src/main.ts health "$@"
