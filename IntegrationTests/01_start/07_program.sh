# The program as a file: what it says of itself, and what it is linked with.
. "$(dirname "$0")/../daemon.sh"

help=$("$JITFSD" --help)
for option in --listen --unix --import-events --token-file --insecure --limit --threads --version --help; do
    like "--help tells of $option" "^ +(-h, )?$option" "$help"
done
for limit in connections connections_per_address streams body_bytes header_bytes request_seconds instances events nodes buffers_bytes; do
    like "--help tells of the limit $limit" "^ +$limit +[A-Z]" "$help"
done
like "--version is a number" '^[0-9]+\.[0-9]+\.[0-9]+$' "$("$JITFSD" --version)"

libraries=$(ldd "$JITFSD")
# swift-argument-parser brings FoundationEssentials, which is small; what is not is Foundation with its tables.
unlike "jitfsd is linked without Foundation" 'libFoundation\.so|_FoundationICU|FoundationInternationalization|FoundationNetworking' "$libraries"
check "and ldd finds all that it is linked with" sh -c "! ldd '$JITFSD' | grep 'not found'"
