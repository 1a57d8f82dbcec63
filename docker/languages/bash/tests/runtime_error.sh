set -e
echo before
ls /does-not-exist
echo never
