count = gets.to_i
numbers = gets.split.map(&:to_i)
raise "wrong count" unless numbers.size == count
puts "sum #{numbers.sum}"
while (line = gets)
  puts "last #{line.chomp}"
end
