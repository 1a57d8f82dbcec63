puts "never"
if true
