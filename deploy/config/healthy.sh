# Succeeds when the server says that a version of the model is loaded. The image has bash, but no curl.
# bash healthy.sh [PORT]
exec 3<>"/dev/tcp/127.0.0.1/${1:-8501}" || exit 1
printf 'GET /v1/models/selfvae HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
grep -q '"AVAILABLE"' <&3
