puts "before"
flush stdout
after 30000
