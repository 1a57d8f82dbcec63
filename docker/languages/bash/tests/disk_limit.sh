set -e
for number in {1..100}; do head -c 4M /dev/zero > "file$number"; done
