count = gets.not_nil!.to_i
puts "sum #{gets.not_nil!.split.first(count).sum(&.to_i)}"
puts "last #{gets}"
