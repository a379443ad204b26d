# What it does not start with: 64 for a configuration that cannot be, 1 for what the machine does not let it have.
. "$(dirname "$0")/../daemon.sh"

refused() { # NAME STATUS REGEX OPTION…
    local name=$1 expected=$2 regex=$3
    shift 3
    run_daemon "$@"
    if [ "$STATUS" = "$expected" ] && grep -qE -- "$regex" <<<"$ERR" && [ -z "$OUT" ]; then ok "$name"; else
        not_ok "$name" "expected $expected and $regex, got $STATUS" "$ERR" "$OUT"
    fi
}

refused "an unknown option is a usage error" 64 "Unknown option '--lisen'" --lisen 127.0.0.1:0
refused "a listener without a port" 64 'ADDRESS:PORT, not 127\.0\.0\.1$' --listen 127.0.0.1
refused "a port beyond 65535" 64 'ADDRESS:PORT, not 127\.0\.0\.1:65536$' --listen 127.0.0.1:65536
refused "an IPv6 address without brackets" 64 'in brackets: \[::1\]:80' --listen ::1:80
refused "an unknown limit, with the names there are" 64 'no limit conections; there are connections,' --limit conections=1
refused "a limit without a number" 64 'many is no number' --limit connections=many
refused "a limit out of bounds" 64 'connections is 1 to 1048576, not 0' --limit connections=0
refused "a limit without a value" 64 'NAME=VALUE, not connections' --limit connections
refused "no threads" 64 'threads is 1 to 256, not 0' --threads 0
refused "a word too many" 64 'Unexpected argument' 127.0.0.1:0
refused "a host name that is no address in digits" 1 'example\.invalid:0.*digits' --listen example.invalid:0 --insecure
refused "a token file that is not there, by name" 1 '/nowhere/tokens: No such file' --listen 127.0.0.1:0 --token-file /nowhere/tokens
echo "reader 00" >"$WORK/tokens"
refused "a token file with a line that is none, by name and line" 1 "$WORK/tokens: .*line 1" --listen 127.0.0.1:0 --token-file "$WORK/tokens"

start_daemon
first=$PID port=$PORT
refused "a port in use" 1 "127\.0\.0\.1:$port: Address already in use" --listen "127.0.0.1:$port"
PID=$first
stop_daemon

refused "an address that others can reach, without tokens" 64 'token-file, or --insecure' --listen 0.0.0.0:0
refused "the same over IPv6" 64 'token-file, or --insecure' --listen '[::]:0'
