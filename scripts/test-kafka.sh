#!/usr/bin/env bash
# Publishes a message on a topic of its own, reads it, and removes the topic.
set -euo pipefail
cd "$(dirname "$0")/.."
exec node scripts/run.mjs apps/cli/src/main.ts topics test "$@"
