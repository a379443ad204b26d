#!/bin/bash
# Does what README.md's tour says, and compares what comes with what is printed there.
#
#   IntegrationTests/tour.sh                    builds the debug programs and tries the tour with them
#   JITFSD=… JITFS=… IntegrationTests/tour.sh   tries it with these
set -eu
cd "$(dirname "$0")/.."
if [ -z "${JITFSD:-}" ] || [ -z "${JITFS:-}" ]; then
    swift build --product jitfsd
    swift build --product jitfs
    bin=$(swift build --show-bin-path)
    JITFSD=${JITFSD:-$bin/jitfsd}
    JITFS=${JITFS:-$bin/jitfs}
fi
export JITFSD JITFS
exec python3 IntegrationTests/tour.py "$@"
