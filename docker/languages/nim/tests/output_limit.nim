while true:
  echo "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
