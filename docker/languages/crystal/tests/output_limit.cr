loop { puts "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy" }
