$stdout.sync = true
puts "before"
sleep 30
