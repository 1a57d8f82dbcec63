puts "before"
nothing = nil
puts nothing.length
