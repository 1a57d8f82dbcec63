puts "before"
STDOUT.flush
sleep 30.seconds
