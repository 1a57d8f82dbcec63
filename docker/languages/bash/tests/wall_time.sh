echo before
sleep 30
